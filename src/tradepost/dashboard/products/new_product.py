"""Adding a product: what it needs to be sold, on one page."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tradepost.catalogue import services
from tradepost.catalogue.forms import PictureField
from tradepost.catalogue.models import ProductType
from tradepost.core import db
from tradepost.core.access import needs
from tradepost.core.actors import By
from tradepost.core.errors import AlreadyDone, Invalid, TradepostError
from tradepost.core.inputs.form_fields import CountField, NumberField
from tradepost.core.pages.action_forms import show_already_done
from tradepost.inventory import services as inventory
from tradepost.inventory.models import Location
from tradepost.pricing import services as pricing
from tradepost.pricing.models import PriceList
from tradepost.pricing.services import SkuPrice

from ..pages import Page
from ..views.actions import is_preview
from .product_form import FORM_ID, ProductForm, tell
from .product_list import ProductListPage, product_url
from .product_page import schema_of

__all__ = ["NewProductPage"]

_OWN = ("sku", "barcode", "weight", "price_list", "price", "location", "units", "picture")


class NewProductForm(ProductForm):
    """A product with its first variant, a price, stock and a picture."""

    asks_a_provider = True  # a picture is stored outside any transaction
    sku = forms.CharField(
        label=gettext_lazy("SKU"), max_length=255, help_text=gettext_lazy("Your own number for it, as on the shelf.")
    )
    barcode = forms.CharField(label=gettext_lazy("Barcode"), max_length=255, required=False)
    weight = CountField(label=gettext_lazy("Weight in grams, packed"), min_value=0, required=False)
    price_list: Any = forms.ModelChoiceField(
        label=gettext_lazy("Price list"), queryset=None, to_field_name="code", empty_label=None, required=False
    )
    price = NumberField(label=gettext_lazy("Price"), min_value=0, decimal_places=4, required=False, localize=True)
    location: Any = forms.ModelChoiceField(
        label=gettext_lazy("Stock at"), queryset=None, to_field_name="code", empty_label=None, required=False
    )
    units = CountField(label=gettext_lazy("Units in stock"), min_value=0, required=False)
    picture = PictureField(label=gettext_lazy("Picture"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["price_list"].queryset = PriceList.objects.filter(is_active=True, converts=None)
        fields["price_list"].label_from_instance = lambda row: f"{row.name} ({row.currency})"
        fields["location"].queryset = Location.objects.filter(is_active=True)
        for name in ("price_list", "location"):
            first = fields[name].queryset.first()
            fields[name].initial = None if first is None else first.code
        for name, permission in (
            ("price", "tradepost_pricing.add_price"),
            ("units", "tradepost_inventory.change_stocklevel"),
            ("picture", "tradepost_catalogue.add_image"),
        ):
            if not self.user.has_perm(permission):
                self._leave_out(name)

    def _leave_out(self, name: str) -> None:
        for field in {"price": ("price", "price_list"), "units": ("units", "location")}.get(name, (name,)):
            del self.fields[field]

    @property
    def own_fields(self) -> list[forms.BoundField]:
        """Those of the variant."""
        return [self[name] for name in _OWN if name in self.fields]

    def clean(self) -> dict[str, Any]:
        """A price needs a list, stock needs a place."""
        values = super().clean()
        for name, place in (("price", "price_list"), ("units", "location")):
            if values.get(name) is not None and values.get(place) is None:
                self.add_error(name, _("There is nowhere to keep it yet. Leave it empty for now."))
        return values

    def act(self, by: By) -> None:
        """Make it, and then store its picture; a picture that is refused leaves the product be."""
        self.product = self._made(by)
        picture = self.cleaned_data.get("picture")
        if picture is not None:
            picture.seek(0)
            try:
                services.add_image(self.product, {"alt": self.product.name}, content=picture.read())
            except (TradepostError, ValidationError) as refusal:
                self.outcome_problem = str(refusal)

    outcome_problem = ""

    @db.atomic
    def _made(self, by: By) -> Any:
        given, product = self.cleaned_data, self.save()
        values = {"sku": given["sku"], "barcode": given["barcode"], "weight": given["weight"] or 0}
        variant = services.add_variant(product, values)
        if given.get("price") is not None:
            pricing.set_prices_by_sku(given["price_list"], [SkuPrice(sku=variant.sku, amount=given["price"])])
        if given.get("units"):
            inventory.receive(variant.pk, given["location"].pk, given["units"], by=by)
        return product


class NewProductPage(Page):
    """A form for a product that can be sold at once."""

    key = "product-new"
    section = "products"
    title = gettext_lazy("Add product")
    pattern = "products/new/"
    access = needs("tradepost_catalogue.add_product", "tradepost_catalogue.add_variant")
    template_name = "tradepost/dashboard/products/new.html"
    in_menu = False
    is_atomic = False

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """Make it."""
        if NewProductForm.is_spent(request):
            show_already_done(request)
            return HttpResponseRedirect(ProductListPage.url())
        form = self._form(request.POST, request.FILES)
        if is_preview(request):
            form.errors.clear()  # it isn't sent yet, and another type has other choices
            return self.render(form=form)
        if not form.is_valid() or not self._made(form):
            return self.render(status=422, form=form)
        if form.outcome_problem:
            messages.warning(request, _("The picture wasn’t taken: %(why)s") % {"why": form.outcome_problem})
        return HttpResponseRedirect(product_url(form.product), status=303)

    def _made(self, form: NewProductForm) -> bool:
        try:
            form.do(self.by)
        except AlreadyDone:
            form.add_error(None, _("This is being saved already. Look at the list of products."))
        except ValidationError as error:
            tell(form, error)
        except TradepostError as refusal:
            field = refusal.context.get("attr", "") if isinstance(refusal, Invalid) else ""
            form.add_error(field if field in form.fields else None, str(refusal))
        else:
            messages.success(self.request, _("The product was added."))
            return True
        return False

    def _form(self, data: Any = None, files: Any = None) -> NewProductForm:
        first = ProductType.objects.first()
        initial = {"is_published": True, "product_type": first.code if first else None}
        return NewProductForm(
            data,
            files,
            row=None,
            user=self.request.user,
            schema=schema_of(data, first),
            initial=initial if data is None else None,
        )

    def get_context(self, **facts: Any) -> dict[str, Any]:
        """With the form."""
        facts.setdefault("form", self._form())
        return super().get_context(form_id=FORM_ID, back=ProductListPage.url(), may_change=True, **facts)
