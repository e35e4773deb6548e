"""The form of a dry run in the admin."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminSplitDateTime
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from tradepost.core.errors import TradepostError
from tradepost.core.inputs.numbers import InvalidNumber, read_count
from tradepost.customers.base import AbstractCustomer
from tradepost.promotions.services import codes_of
from tradepost.shipping.models import ShippingMethod

from . import services
from .conf import settings

__all__ = ["DryRunForm"]

_AS_THEY_ARE = (
    *("customer", "email", "country", "region", "postcode", "tax_id", "at"),
    *("shipping_method", "payment_method"),
)


def _deliveries() -> list[tuple[str, str]]:
    rows: QuerySet[Any] = ShippingMethod.objects.non_polymorphic()
    rows = rows.filter(is_active=True).order_by("position", "pk")
    return [("", "–"), *((row.code, f"{row.name} ({row.currency})") for row in rows)]


def _fees() -> list[tuple[str, str]]:
    return [("", "–"), *((alias, str(fee["name"])) for alias, fee in settings().PAYMENT_FEES.items())]


class DryRunForm(forms.Form):
    """A basket that somebody might have; :attr:`view` is what it would come to, once the form is valid.

    Args:
        can_name: Whether staff may name a customer or an e-mail: the total tells what the shop knows of them.
    """

    items = forms.CharField(
        label=_("items"),
        widget=forms.Textarea(attrs={"rows": 4, "placeholder": "MUG 2"}),
        help_text=_("One SKU on each line, with the number of units; without a number, one unit."),
    )
    customer = forms.CharField(label=_("customer"), required=False, help_text=_("E-mail or UUID; empty for a guest."))
    email = forms.EmailField(
        label=_("e-mail"), required=False, help_text=_("For a guest, whose orders and uses of codes count.")
    )
    country = forms.CharField(label=_("country"), required=False, max_length=2, help_text=_("As in DE."))
    region = forms.CharField(label=_("region"), required=False, max_length=80)
    postcode = forms.CharField(label=_("postcode"), required=False, max_length=20)
    tax_id = forms.CharField(label=_("tax id"), required=False, max_length=40)
    currency = forms.CharField(
        label=_("currency"), required=False, max_length=3, help_text=_("Empty for the shop's own.")
    )
    at = forms.SplitDateTimeField(label=_("date and time"), required=False, widget=AdminSplitDateTime)
    coupons = forms.CharField(label=_("coupons"), required=False, help_text=_("Separated by spaces."))
    shipping_method = forms.ChoiceField(label=_("delivery option"), required=False, choices=_deliveries)
    payment_method = forms.ChoiceField(
        label=_("payment method"),
        required=False,
        choices=_fees,
        help_text=_("Only methods with a fee are listed; the others don't change the total."),
    )

    view: services.BasketView | None = None

    def __init__(self, data: Any = None, *, can_name: bool) -> None:
        super().__init__(data)
        if not can_name:
            del self.fields["customer"], self.fields["email"]

    def clean_items(self) -> dict[str, int]:
        """Units by SKU; what stands there twice adds up."""
        items: dict[str, int] = {}
        for line in filter(None, map(str.strip, self.cleaned_data["items"].splitlines())):
            sku, _space, units = line.rpartition(" ")
            if not sku or not units.isdecimal():
                sku, units = line, "1"
            items[sku.strip()] = items.get(sku.strip(), 0) + self._count(units)
        return items

    def _count(self, units: str) -> int:
        try:
            return read_count(units)
        except InvalidNumber as refusal:
            raise forms.ValidationError(str(refusal)) from refusal

    def clean_customer(self) -> AbstractCustomer | None:
        """By UUID, or the oldest one with that e-mail."""
        try:
            return services.customer_named(self.cleaned_data["customer"])
        except TradepostError as error:
            raise forms.ValidationError(str(error)) from error

    def clean(self) -> dict[str, Any]:
        """Try it; what is refused is told here."""
        asked = super().clean() or self.cleaned_data
        if self.errors:
            return asked
        try:
            self.view = services.dry_run(
                asked["items"],
                currency=asked["currency"].upper(),
                coupons=codes_of(asked["coupons"].split()),
                **{name: asked[name] for name in _AS_THEY_ARE if name in asked},
            )
        except TradepostError as error:
            raise forms.ValidationError(str(error)) from error
        return asked
