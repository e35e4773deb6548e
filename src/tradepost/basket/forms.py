"""What staff are asked before a dry run."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminSplitDateTime
from django.utils.translation import gettext_lazy as _

from tradepost.core.errors import TradepostError
from tradepost.customers.models import Customer
from tradepost.promotions.services import codes_of

from . import services

__all__ = ["DryRunForm"]


class DryRunForm(forms.Form):
    """A basket that somebody might have; :attr:`view` is what it would come to, once the form is valid."""

    items = forms.CharField(
        label=_("items"),
        widget=forms.Textarea(attrs={"rows": 4, "placeholder": "MUG 2"}),
        help_text=_("A SKU and its units on each line; one unit where there is no number."),
    )
    customer = forms.CharField(label=_("customer"), required=False, help_text=_("E-mail; empty for a guest."))
    country = forms.CharField(label=_("country"), required=False, max_length=2, help_text=_("As in DE."))
    currency = forms.CharField(
        label=_("currency"), required=False, max_length=3, help_text=_("Empty for the shop's own.")
    )
    at = forms.SplitDateTimeField(label=_("moment"), required=False, widget=AdminSplitDateTime)
    coupons = forms.CharField(label=_("coupons"), required=False, help_text=_("Separated by spaces."))
    shipping_method = forms.CharField(label=_("way to deliver"), required=False, help_text=_("Its code."))

    view: services.BasketView | None = None

    def clean_items(self) -> dict[str, int]:
        """Units by SKU; what stands there twice adds up."""
        found: dict[str, int] = {}
        for line in filter(None, map(str.strip, self.cleaned_data["items"].splitlines())):
            sku, _space, units = line.rpartition(" ")
            if not sku or not units.isdecimal():
                sku, units = line, "1"
            found[sku.strip()] = found.get(sku.strip(), 0) + int(units)
        return found

    def clean_customer(self) -> Customer | None:
        """The oldest customer with that e-mail."""
        email = self.cleaned_data["customer"].strip()
        found = Customer.objects.filter(email__iexact=email).order_by("pk").first() if email else None
        if email and found is None:
            raise forms.ValidationError(_("There is no such customer."))
        return found

    def clean(self) -> dict[str, Any]:
        """Try it; what is refused is told here."""
        asked = super().clean() or self.cleaned_data
        if self.errors:
            return asked
        try:
            self.view = services.dry_run(
                asked["items"],
                customer=asked["customer"],
                country=asked["country"],
                currency=asked["currency"].upper(),
                at=asked["at"],
                coupons=codes_of(asked["coupons"].split()),
                shipping_method=asked["shipping_method"],
            )
        except TradepostError as error:
            raise forms.ValidationError(str(error)) from error
        return asked
