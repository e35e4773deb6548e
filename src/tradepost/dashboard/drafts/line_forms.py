"""Forms about the goods of a draft: add, change units, set a price by hand, coupons."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tradepost.basket import services as baskets
from tradepost.basket.base import AbstractManualPrice
from tradepost.catalogue.selectors import variant_by_sku
from tradepost.core.actors import By
from tradepost.core.errors import Invalid
from tradepost.core.inputs.form_fields import CountField, NumberField

from ..forms import ActForm

__all__ = ["AddForm", "CouponForm", "PriceForm", "PriceOfAllForm", "RemoveCouponForm", "UnitsForm", "line_names"]

PRICE = "tradepost_basket.price_drafts"


def line_names(draft: Any) -> list[tuple[str, str]]:
    """UUID and name of each line; one query."""
    lines = draft.basket.lines.select_related("variant__product").order_by("pk")
    return [(str(line.uuid), f"{line.variant.product.name} {line.variant.name} ({line.variant.sku})") for line in lines]


class AddForm(ActForm):
    """Units of a variant."""

    title = gettext_lazy("Add")
    sku = forms.CharField(label=gettext_lazy("SKU"), max_length=255)
    quantity = CountField(label=gettext_lazy("Units"), min_value=1, initial=1)

    def act(self, by: By) -> None:
        """Put them in, on the line that has the same, if there is one; its price by hand stays who set it's to change."""
        asked = self.cleaned_data
        variant = variant_by_sku(asked["sku"])
        if variant is None:
            raise Invalid(_("There is no such variant."), attr="sku")
        line = baskets.add(self.row.basket, variant, asked["quantity"])
        _check_units(self, line.uuid)
        self.outcome = _("%(units)s × %(name)s added.") % {"units": asked["quantity"], "name": variant.product.name}


class _LineForm(ActForm):
    """About one line."""

    line = forms.ChoiceField(label=gettext_lazy("Item"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lines: Any = self.fields["line"]
        lines.choices = line_names(self.row)


class UnitsForm(_LineForm):
    """Other units of a line; with none it is taken out."""

    title = gettext_lazy("Change units")
    quantity = CountField(label=gettext_lazy("Units"), min_value=0, help_text=gettext_lazy("0 takes it out."))

    def act(self, by: By) -> None:
        """Change them."""
        asked = self.cleaned_data
        if asked["quantity"]:
            _check_units(self, asked["line"])
        baskets.set_quantity(self.row.basket, asked["line"], asked["quantity"])
        self.outcome = _("Units changed.") if asked["quantity"] else _("Taken out.")


class PriceForm(_LineForm):
    """A line's price or discount, decided by staff."""

    title = gettext_lazy("Set price")
    explanation = gettext_lazy("The order keeps your reason and your name beside it. Customers don’t see them.")
    kind = forms.ChoiceField(
        label=gettext_lazy("How"),
        choices=[
            (AbstractManualPrice.Kind.PRICE, gettext_lazy("Price of one unit")),
            (AbstractManualPrice.Kind.PERCENT, gettext_lazy("Percent off")),
            (AbstractManualPrice.Kind.AMOUNT, gettext_lazy("Amount off the whole line")),
        ],
    )
    value = NumberField(label=gettext_lazy("Value"), min_value=Decimal(0), decimal_places=4)
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = {"currency": self.row.basket.currency}
        self.fields["value"].help_text = (
            _("In %(currency)s, or percent. Promotions leave a price by hand alone.") % names
        )

    def act(self, by: By) -> None:
        """Set it."""
        asked = self.cleaned_data
        baskets.set_manual_price(
            self.row.basket, asked["line"], kind=asked["kind"], value=asked["value"], reason=asked["reason"], by=by
        )
        self.outcome = _("The price is set.")


class PriceOfAllForm(_LineForm):
    """The usual price of a line again."""

    title = gettext_lazy("Take the price by hand away")
    explanation = gettext_lazy("It costs what it costs everybody then.")

    def act(self, by: By) -> None:
        """Take it away."""
        baskets.remove_manual_price(self.row.basket, self.cleaned_data["line"])
        self.outcome = _("It costs what it costs everybody.")


class CouponForm(ActForm):
    """A code."""

    title = gettext_lazy("Add a discount code")
    code = forms.CharField(label=gettext_lazy("Discount code"), max_length=40)

    def act(self, by: By) -> None:
        """Enter it."""
        baskets.add_coupon(self.row.basket, self.cleaned_data["code"])
        self.outcome = _("The code is entered.")


class RemoveCouponForm(ActForm):
    """A code is taken away."""

    title = gettext_lazy("Remove discount code")
    code = forms.CharField(label=gettext_lazy("Discount code"), max_length=40)

    def act(self, by: By) -> None:
        """Take it away."""
        baskets.remove_coupon(self.row.basket, self.cleaned_data["code"])
        self.outcome = _("The code is removed.")


def _check_units(form: ActForm, line: Any) -> None:
    """Refuse other units at a price by hand to those who may set none."""
    if not form.user.has_perm(PRICE) and baskets.is_priced_by_hand(form.row.basket, line):
        raise PermissionDenied
