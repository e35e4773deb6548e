"""The form of a product: its texts, its details by type, its groups, and whether visitors see it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tradepost.catalogue import services
from tradepost.catalogue.forms import PREFIX, attribute_field
from tradepost.catalogue.models import Category, Collection, Product, ProductType, Tag
from tradepost.core import db
from tradepost.core.actors import By
from tradepost.core.errors import Conflict
from tradepost.core.pages.action_forms import ActionForm
from tradepost.pricing.models import TaxClass

from .conflicts import Comparison, digests, read_digests
from .group_choices import indented

__all__ = ["FORM_ID", "ChangedMeanwhile", "ProductForm", "initial_of", "stored_values", "tell"]

FORM_ID = "product-form"
_TEXTS = ("name", "summary", "description", "slug", "brand", "tax_class")
_SWITCHES = ("is_published", "is_featured", "is_discountable")
_GROUPS = ("categories", "tags", "collections")


class ChangedMeanwhile(Conflict):
    """Somebody else changed the same fields since the form was opened; nothing was written."""

    code = "changed_meanwhile"


class ProductForm(ActionForm):
    """A product without its variants.

    Fields that nobody else changed meanwhile are written; those that both changed are asked about: :attr:`conflicts`.
    """

    name = forms.CharField(label=gettext_lazy("Name"), max_length=255)
    summary = forms.CharField(
        label=gettext_lazy("Summary"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("One or two sentences: in lists, and what search engines show."),
    )
    description = forms.CharField(
        label=gettext_lazy("Description"), required=False, max_length=100_000, widget=forms.Textarea(attrs={"rows": 8})
    )
    is_published = forms.BooleanField(label=gettext_lazy("Visitors see it"), required=False)
    is_featured = forms.BooleanField(label=gettext_lazy("Featured"), required=False)
    is_discountable = forms.BooleanField(label=gettext_lazy("Promotions may discount it"), required=False, initial=True)
    product_type: forms.ModelChoiceField[Any] = forms.ModelChoiceField(
        label=gettext_lazy("Type"),
        queryset=None,
        to_field_name="code",
        empty_label=None,
        help_text=gettext_lazy("It says which details it has, how it is taxed and whether it is shipped."),
    )
    brand = forms.CharField(label=gettext_lazy("Brand"), max_length=255, required=False)
    tax_class = forms.ChoiceField(label=gettext_lazy("Tax class"), required=False)
    categories: Any = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Categories"),
        queryset=None,
        required=False,
        to_field_name="slug",
        widget=forms.CheckboxSelectMultiple,
    )
    tags: Any = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Tags"),
        queryset=None,
        required=False,
        to_field_name="slug",
        widget=forms.CheckboxSelectMultiple,
    )
    collections: Any = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Collections by hand"),
        queryset=None,
        required=False,
        to_field_name="slug",
        widget=forms.CheckboxSelectMultiple,
    )
    slug = forms.SlugField(
        label=gettext_lazy("Address"),
        max_length=255,
        required=False,
        help_text=gettext_lazy("The end of its page’s address. Links to the old one end when you change it."),
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=20_000)

    def __init__(self, *args: Any, schema: Any = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.conflicts: Mapping[str, Any] = {}
        self.schema = list(schema)
        self._fill_choices()
        for attribute in self.schema:
            field = attribute_field(attribute)
            field.required = False  # a product may be kept without; what is missing is told beside the form
            self.fields[f"{PREFIX}{attribute.code}"] = field
        for field in self.fields.values():
            field.widget.attrs["form"] = FORM_ID

    def _fill_choices(self) -> None:
        fields: Any = self.fields
        fields["product_type"].queryset = ProductType.objects.all()
        fields["categories"].queryset = Category.objects.order_by("path")
        fields["categories"].label_from_instance = indented
        fields["tags"].queryset = Tag.objects.all()
        fields["collections"].queryset = Collection.objects.filter(rule={})
        classes = [(row.code, row.name) for row in TaxClass.objects.all()]
        own = getattr(self.row, "tax_class", "")
        unknown = [(own, own)] if own and own not in dict(classes) else []
        fields["tax_class"].choices = [("", _("The type’s")), *classes, *unknown]

    @property
    def attribute_fields(self) -> list[forms.BoundField]:
        """Details of the type."""
        return [self[f"{PREFIX}{attribute.code}"] for attribute in self.schema]

    @property
    def group_fields(self) -> list[forms.BoundField]:
        """Categories, tags and collections."""
        return [self[name] for name in _GROUPS]

    @property
    def values(self) -> dict[str, Any]:
        """By the field, as JSON would keep them."""
        given = self.cleaned_data
        values: dict[str, Any] = {name: given[name] for name in (*_TEXTS, *_SWITCHES)}
        values["description"] = values["description"].replace("\r\n", "\n")
        values["summary"] = values["summary"].replace("\r\n", "\n")
        values["product_type"] = given["product_type"].code
        values |= {name: sorted(row.slug for row in given[name]) for name in _GROUPS}
        for attribute in self.schema:
            name = f"{PREFIX}{attribute.code}"
            values[name] = _plain(given.get(name))
        return values

    def act(self, by: By) -> None:
        """Write what was changed.

        Raises:
            ChangedMeanwhile: Somebody else changed the same; :attr:`conflicts` has the values that are stored.
            ValidationError: A value is refused.
        """
        self.save()

    @db.atomic
    def save(self) -> Any:
        """The product, as it is then; a new one where there was none."""
        if self.row is None:
            product: Any = None
            changed = self.values
        else:
            product = Product.objects.select_related("product_type").filter(pk=self.row.pk).locked().get()
            changed = self._compared(product)
        collections = changed.pop("collections", None)
        values = _for_service(changed)
        if product is None:
            if not values["slug"]:
                del values["slug"]
            product = services.create_product(values)
        elif values:
            product = services.change_product(product, values)
        if collections is not None:
            services.set_collections(product, collections)
        return product

    def _compared(self, product: Any) -> dict[str, Any]:
        seen = read_digests(self.cleaned_data["seen"])
        sent: Any = self.data
        yielded = sent.getlist("theirs")
        comparison = Comparison(self.values, seen, stored_values(product, self.schema), yielded)
        if comparison.conflicts:
            self.conflicts = {name: _shown(value) for name, value in comparison.conflicts.items()}
            self.data = sent = sent.copy()
            sent["seen"] = comparison.acknowledged(seen)
            raise ChangedMeanwhile(_("Somebody changed the same meanwhile. Nothing was saved yet."))
        changed = dict(comparison.changed)
        if not changed.get("slug", "x"):
            del changed["slug"]  # an emptied address stays as it was
        return changed


def stored_values(product: Any, schema: Any) -> dict[str, Any]:
    """The values of a product, by the form's fields."""
    values: dict[str, Any] = {name: getattr(product, name) for name in (*_TEXTS, *_SWITCHES)}
    values["product_type"] = product.product_type.code
    values |= {name: sorted(row.slug for row in getattr(product, name).all()) for name in _GROUPS}
    values["collections"] = sorted(row.slug for row in product.collections.all() if not row.rule)
    for attribute in schema:
        values[f"{PREFIX}{attribute.code}"] = product.attributes.get(attribute.code)
    return values


def initial_of(product: Any, schema: Any) -> dict[str, Any]:
    """The same as a form begins with, and the marks of it."""
    values = stored_values(product, schema)
    shown = {name: _as_choice(value) for name, value in values.items()}
    for name in _SWITCHES:
        shown[name] = values[name]
    return {**shown, "seen": digests(values)}


def tell(form: forms.Form, error: ValidationError) -> None:
    """Show a service's refusal beside the fields that it is about."""
    errors = error.error_dict if hasattr(error, "error_dict") else {"__all__": [error]}
    for name, problems in errors.items():
        form.add_error(name if name in form.fields else None, problems)


def _for_service(changed: Mapping[str, Any]) -> dict[str, Any]:
    values = {name: value for name, value in changed.items() if not name.startswith(PREFIX)}
    attributes = {name.removeprefix(PREFIX): value for name, value in changed.items() if name.startswith(PREFIX)}
    return {**values, "attributes": attributes} if attributes else values


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, date):
        return value.isoformat()
    return None if value in ("", []) else value


def _as_choice(value: Any) -> Any:
    return str(value).lower() if isinstance(value, bool) else value


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    return ", ".join(map(str, value)) if isinstance(value, list) else str("" if value is None else value)
