"""The catalogue in the admin."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.db.models import ImageField, OuterRef, QuerySet, Subquery
from django.forms.models import BaseInlineFormSet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from treebeard.admin import TreeAdmin
from treebeard.forms import movenodeform_factory

from tradepost.core.admin.exposed_fields import ExposedAdmin
from tradepost.core.admin.filter_values import FilterValuesMixin
from tradepost.core.db.aggregates import number_of

from . import services
from .conf import settings
from .errors import OptionsInvalid
from .forms import PREFIX, PictureField, form_for
from .models import Attribute, Category, Collection, Image, Product, ProductType, Tag, Variant
from .options import check_siblings

__all__ = ["CategoryAdmin", "CollectionAdmin", "ProductAdmin", "ProductTypeAdmin", "TagAdmin", "VariantAdmin"]

_THUMBNAIL = '<img src="{}" alt="" loading="lazy" style="height:{}px;width:{}px;object-fit:cover;border-radius:4px">'


class AttributeInline(admin.TabularInline):
    model = Attribute
    extra = 0
    fields: ClassVar[Any] = ("name", "code", "kind", "choices", "unit", "required", "filterable", "position")
    prepopulated_fields = {"code": ("name",)}


@admin.register(ProductType)
class ProductTypeAdmin(admin.ModelAdmin):
    list_display: Any = ("name", "code", "kind", "tax_class", "track_stock")
    search_fields: ClassVar[Any] = ("name", "code")
    prepopulated_fields = {"code": ("name",)}
    inlines: ClassVar[Any] = (AttributeInline,)


@admin.register(Category)
class CategoryAdmin(FilterValuesMixin, TreeAdmin):  # type: ignore[misc]
    form = movenodeform_factory(Category)
    list_display: Any = ("name", "slug", "is_published")
    list_filter: ClassVar[Any] = ("is_published",)
    search_fields: ClassVar[Any] = ("name", "slug")
    prepopulated_fields = {"slug": ("name",)}


@admin.register(Tag)
class TagAdmin(admin.ModelAdmin):
    list_display: Any = ("name", "slug")
    search_fields: ClassVar[Any] = ("name", "slug")
    prepopulated_fields = {"slug": ("name",)}


@admin.register(Collection)
class CollectionAdmin(FilterValuesMixin, admin.ModelAdmin):
    list_display: Any = ("name", "slug", "is_published", "position")
    list_filter: ClassVar[Any] = ("is_published",)
    search_fields: ClassVar[Any] = ("name", "slug")
    prepopulated_fields = {"slug": ("name",)}
    autocomplete_fields: ClassVar[Any] = ("products",)


class VariantForm(forms.ModelForm):
    """One of the variants that are edited together."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.siblings_are_checked = True


class VariantFormSet(BaseInlineFormSet):
    """Variants that are edited together are compared with each other, so that two of them may change places."""

    def clean(self) -> None:
        super().clean()
        valid = [form for form in self.forms if hasattr(form, "cleaned_data")]
        kept = [form for form in valid if not form.cleaned_data.get("DELETE")]
        rows = [form.instance for form in kept if form.instance.sku and form.instance.archived_at is None]
        try:
            check_siblings((row.options, row.name) for row in rows if isinstance(row.options, dict))
        except OptionsInvalid as refusal:
            raise ValidationError(str(refusal), code=refusal.code) from refusal


class VariantInline(admin.TabularInline):
    model = Variant
    form = VariantForm
    formset = VariantFormSet
    extra = 0
    fields: ClassVar[Any] = ("sku", "options", "name", "weight", "unit_cost", "track_stock", "barcode", "position")
    show_change_link = True


class ImageFormSet(BaseInlineFormSet):
    """Pictures of a product: no more are added than one gets; those that are there may stay, if it was more before."""

    def clean(self) -> None:
        super().clean()
        gone = sum(form in self.deleted_forms for form in self.initial_forms)
        extra = [form for form in self.extra_forms if form not in self.deleted_forms]
        added = sum(form.has_changed() for form in extra)
        most = settings().IMAGES_PER_PRODUCT
        if added and len(self.initial_forms) - gone + added > most:
            raise ValidationError(
                _("A product has %(most)s pictures at most.") % {"most": most}, code="too_many_images"
            )


class ImageInline(admin.TabularInline):
    model = Image
    formset = ImageFormSet
    extra = 0
    fields: ClassVar[Any] = ("preview", "file", "source_url", "alt", "variant", "position")
    readonly_fields: ClassVar[Any] = ("preview",)
    formfield_overrides: ClassVar[Any] = {ImageField: {"form_class": PictureField}}

    @admin.display(description=_("Preview"))
    def preview(self, image: Image) -> str:
        return format_html(_THUMBNAIL, image.url, 64, 64) if image.url else ""

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Offer the product's own variants only."""
        if db_field.name == "variant" and request.resolver_match:
            product = request.resolver_match.kwargs.get("object_id")
            kwargs["queryset"] = Variant.objects.filter(product_id=product) if product else Variant.objects.none()
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


def _each(verb: Callable[[Any], Any], done: Callable[[int], str]) -> Callable[..., None]:
    def act(model_admin: admin.ModelAdmin, request: HttpRequest, rows: QuerySet[Any]) -> None:
        chosen = list(rows)
        for row in chosen:
            verb(row)
        model_admin.message_user(request, done(len(chosen)) % {"n": len(chosen)}, messages.SUCCESS)

    return act


@admin.action(description=_("Publish the selected products"), permissions=["change"])
def publish(model_admin: ProductAdmin, request: HttpRequest, products: QuerySet[Product]) -> None:
    _each(services.publish, lambda n: ngettext("%(n)s product is published.", "%(n)s products are published.", n))(
        model_admin, request, products
    )


@admin.action(description=_("Hide the selected products"), permissions=["change"])
def hide(model_admin: ProductAdmin, request: HttpRequest, products: QuerySet[Product]) -> None:
    _each(services.hide, lambda n: ngettext("%(n)s product is hidden.", "%(n)s products are hidden.", n))(
        model_admin, request, products
    )


@admin.action(description=_("Archive the selected products"), permissions=["change"])
def archive(model_admin: ProductAdmin, request: HttpRequest, products: QuerySet[Product]) -> None:
    _each(services.archive, lambda n: ngettext("%(n)s product is archived.", "%(n)s products are archived.", n))(
        model_admin, request, products
    )


@admin.action(description=_("Restore the selected products"), permissions=["change"])
def restore(model_admin: ProductAdmin, request: HttpRequest, products: QuerySet[Product]) -> None:
    _each(services.restore, lambda n: ngettext("%(n)s product is restored.", "%(n)s products are restored.", n))(
        model_admin, request, products
    )


@admin.register(Product)
class ProductAdmin(FilterValuesMixin, ExposedAdmin, admin.ModelAdmin):
    """Products with their variants and pictures; the attributes are fields, by the schema of the chosen type."""

    list_display: Any = (
        "thumbnail",
        "name",
        "product_type",
        "brand",
        "variant_count",
        "is_published",
        "is_archived",
    )
    list_display_links: Any = ("thumbnail", "name")
    list_filter: ClassVar[Any] = (
        "is_published",
        ("archived_at", admin.EmptyFieldListFilter),
        "is_featured",
        "product_type",
        "tags",
    )
    list_select_related: ClassVar[Any] = ("product_type",)
    search_fields: ClassVar[Any] = ("name", "slug", "brand", "variants__sku")
    prepopulated_fields = {"slug": ("name",)}
    autocomplete_fields: ClassVar[Any] = ("categories", "tags")
    readonly_fields: ClassVar[Any] = ("uuid", "archived_at", "created_at", "updated_at")
    inlines: ClassVar[Any] = (VariantInline, ImageInline)
    actions: Any = (publish, hide, archive, restore)
    save_on_top = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[Product]:
        first = Image.objects.filter(product=OuterRef("pk")).order_by("position", "pk")
        products: QuerySet[Product] = super().get_queryset(request)
        return products.annotate(
            image_file=Subquery(first.values("file")[:1]),
            image_url=Subquery(first.values("source_url")[:1]),
            variants_total=number_of(Variant.objects.filter(product=OuterRef("pk"))),
        )

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:  # noqa: FBT001, FBT002 - Django's signature
        return super().get_form(request, obj, change, **{**kwargs, "form": form_for(self._schema(request, obj))})

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        codes = [f"{PREFIX}{attribute.code}" for attribute in self._schema(request, obj)]
        texts = (None, {"fields": ("product_type", "name", "slug", "brand", "summary", "description")})
        typed = [(_("Attributes"), {"fields": codes})] if codes else []
        fieldsets = [
            texts,
            *typed,
            (_("Where it appears"), {"fields": ("categories", "tags", "is_published", "is_featured")}),
            (_("Selling"), {"fields": ("option_names", "tax_class", "is_discountable")}),
            (_("More"), {"classes": ["collapse"], "fields": ("metadata", *self.readonly_fields)}),
        ]
        return [*fieldsets, *self.own_fieldsets(request, fieldsets)]

    def _schema(self, request: HttpRequest, product: Any) -> list[Attribute]:
        """Attributes of the type that is being chosen, else of the product's own."""
        chosen = request.POST.get("product_type") or request.GET.get("product_type") or ""
        if not (chosen.isascii() and chosen.isdecimal() and len(chosen) < 19):
            chosen = str(product.product_type_id) if product else ""
        return list(Attribute.objects.filter(product_type_id=int(chosen))) if chosen else []

    @admin.display(description="")
    def thumbnail(self, product: Any) -> str:
        url = default_storage.url(product.image_file) if product.image_file else product.image_url
        return format_html(_THUMBNAIL, url, 40, 40) if url else "–"

    @admin.display(description=_("Variants"), ordering="variants_total")
    def variant_count(self, product: Any) -> int:
        return int(product.variants_total)

    @admin.display(description=_("Archived"), boolean=True, ordering="archived_at")
    def is_archived(self, product: Product) -> bool:
        return product.archived_at is not None


@admin.register(Variant)
class VariantAdmin(FilterValuesMixin, ExposedAdmin, admin.ModelAdmin):
    list_display: Any = ("sku", "product", "label", "weight", "is_sold")
    list_filter: ClassVar[Any] = (("archived_at", admin.EmptyFieldListFilter),)
    list_select_related: ClassVar[Any] = ("product",)
    search_fields: ClassVar[Any] = ("sku", "barcode", "product__name")
    autocomplete_fields: ClassVar[Any] = ("product",)
    readonly_fields: ClassVar[Any] = ("uuid", "archived_at")
    actions: Any = ("archive", "restore")

    @admin.display(description=_("Sold"), boolean=True, ordering="archived_at")
    def is_sold(self, variant: Variant) -> bool:
        return variant.archived_at is None

    @admin.action(description=_("Archive the selected variants"), permissions=["change"])
    def archive(self, request: HttpRequest, variants: QuerySet[Variant]) -> None:
        for variant in variants:
            services.archive_variant(variant)

    @admin.action(description=_("Restore the selected variants"), permissions=["change"])
    def restore(self, request: HttpRequest, variants: QuerySet[Variant]) -> None:
        for variant in variants:
            try:
                services.restore_variant(variant)
            except OptionsInvalid as refusal:
                self.message_user(request, f"{variant}: {refusal}", messages.ERROR)
