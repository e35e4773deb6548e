"""Changing the prices of several products by one rule, with each price before and after."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from tradepost.catalogue.models import Variant
from tradepost.core import db
from tradepost.core.actors import By
from tradepost.core.errors import TradepostError
from tradepost.core.inputs.form_fields import NumberField
from tradepost.core.money.format import money_text
from tradepost.pricing import services as pricing
from tradepost.pricing.models import PriceList
from tradepost.pricing.prices.rounding import Rounding
from tradepost.pricing.services import Adjustment

from ..bulk_forms import BulkForm, Change, Refused

__all__ = ["BulkPricesForm"]

_SHOWN = 100  # changes; the rest is counted


class BulkPricesForm(BulkForm):
    """All variants of the chosen products that are sold, on one list, together: all of them or none."""

    title = gettext_lazy("Change prices")
    explanation = gettext_lazy("Of all variants of the chosen products. Lists that follow this one are converted.")
    price_list: Any = forms.ModelChoiceField(
        label=gettext_lazy("Price list"), queryset=None, to_field_name="code", empty_label=None
    )
    kind = forms.ChoiceField(label=gettext_lazy("How"), choices=Adjustment.choices, initial=Adjustment.PERCENT)
    value = NumberField(
        label=gettext_lazy("Price, percent or amount"),
        decimal_places=4,
        localize=True,
        help_text=gettext_lazy("With a minus to lower prices: -10 percent is a tenth less."),
    )
    rounding = forms.ChoiceField(label=gettext_lazy("Round to"), choices=Rounding.choices, initial=Rounding.UNIT)
    keep_before = forms.BooleanField(
        label=gettext_lazy("Strike through the price of now where the new one is lower"), required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["price_list"]
        field.queryset = PriceList.objects.filter(converts=None)
        field.label_from_instance = lambda row: f"{row.name} ({row.currency})"

    def preview(self, by: By) -> None:
        """Each price before and after."""
        try:
            with db.rolled_back():
                self.act(by)
        except TradepostError as refusal:
            whose = Variant.objects.filter(pk=refusal.context.get("variant_id", 0)).first()
            self.refused = [Refused(whose or self.title, str(refusal))]

    def act(self, by: By) -> None:
        """Change them."""
        given = self.cleaned_data
        variants = Variant.objects.filter(product__in=[row.pk for row in self.row], archived_at=None)
        names = {row.pk: row for row in variants.select_related("product")}
        adjusted = pricing.adjust_prices(
            given["price_list"],
            list(names),
            given["kind"],
            given["value"],
            rounding=given["rounding"],
            keep_before=given["keep_before"],
        )
        self.done_rows = list(self.row)
        currency = given["price_list"].currency
        self.changes = [_change(names[price.variant_id], price, currency) for price in adjusted[:_SHOWN]]


def _change(variant: Any, price: Any, currency: str) -> Change:
    label = " ".join(filter(None, [variant.product.name, variant.label, f"({variant.sku})"]))
    if price.min_quantity > 1:
        label = f"{label} ≥ {price.min_quantity}"
    before = "–" if price.before is None else money_text(price.before, currency)
    return Change(label, before, money_text(price.after, currency))
