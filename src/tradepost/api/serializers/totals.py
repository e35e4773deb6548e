"""Totals of a basket or checkout (`tradepost.pricing.document.Totals`)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from tradepost.api.money import MoneyField
from tradepost.pricing.document import Totals

from .base import Nested, Shape

__all__ = [
    "AdjustmentSerializer",
    "ChargeSerializer",
    "HintSerializer",
    "TaxSumSerializer",
    "TotalsSerializer",
    "TrailEntrySerializer",
    "tax_sums",
]


def tax_sums(rows: Any) -> list[dict[str, Any]]:
    """Taxes by name and rate, in the order in which they occur.

    Args:
        rows: With ``name``, ``rate``, ``base`` and ``amount``.
    """
    sums: dict[tuple[str, Decimal], dict[str, Any]] = {}
    for row in rows:
        held = sums.setdefault(
            (row.name, row.rate), {"name": row.name, "rate": row.rate, "base": Decimal(0), "amount": Decimal(0)}
        )
        held["base"] += row.base
        held["amount"] += row.amount
    return list(sums.values())


class TaxSumSerializer(Shape):
    """A tax over all rows that bear it."""

    name = serializers.CharField()
    rate = serializers.DecimalField(
        max_digits=9, decimal_places=6, normalize_output=True, help_text="A fraction: 0.19 is 19 %."
    )
    base = MoneyField()
    amount = MoneyField()


class AdjustmentSerializer(Shape):
    """A discount on a line or charge."""

    label = serializers.CharField()  # type: ignore[assignment]
    promotion = serializers.CharField()
    coupon = serializers.CharField()
    amount = MoneyField(help_text="Below zero.")


class ChargeSerializer(Shape):
    """A charge beside the goods: shipping, fees."""

    kind = serializers.CharField()
    code = serializers.CharField()
    name = serializers.CharField()
    group = serializers.CharField(help_text="Delivery group; empty for the only one.")
    amount = MoneyField(source="gross", help_text="Before discounts.")
    discount = MoneyField()
    net = MoneyField()
    tax = MoneyField()
    total = MoneyField()


class HintSerializer(Shape):
    """An offer that a little more in the basket would bring."""

    code = serializers.CharField(
        help_text="`spend_more`, `add_more`, `take_gift`; at the checkout `free_delivery`, too."
    )
    message = serializers.CharField()
    amount = MoneyField(allow_null=True, help_text="What is missing; null where units are.")
    units = serializers.IntegerField(allow_null=True, help_text="Units that are missing; null where an amount is.")
    progress = serializers.IntegerField(help_text="How far it has come, in percent.")
    promise = serializers.CharField(help_text="What it would give, in words.")
    promotion = serializers.CharField(help_text="Code; empty for a way to deliver.")
    products = serializers.ListField(
        child=serializers.CharField(), help_text="Slugs of the only products that help; empty where more do."
    )


class TotalsSerializer(Shape):
    """Sums. Goods after discounts and charges are the total; net and tax of each are its total."""

    prices_include_tax = serializers.BooleanField()
    goods = MoneyField(help_text="Before discounts.")
    discount = MoneyField(help_text="At least zero.")
    goods_net = MoneyField()
    goods_tax = MoneyField()
    goods_total = MoneyField()
    charges = Nested("basket.Charge", many=True)
    charges_net = MoneyField()
    charges_tax = MoneyField()
    charges_total = MoneyField()
    tax = MoneyField()
    taxes = serializers.SerializerMethodField()
    total = MoneyField(allow_null=True, help_text="Null where it can't be calculated; then nothing can be ordered.")
    hints = Nested("basket.Hint", many=True)

    @extend_schema_field(TaxSumSerializer(many=True))
    def get_taxes(self, totals: Totals) -> Any:
        """By name and rate."""
        rows = [tax for row in (*totals.lines, *totals.charges) for tax in row.taxes]
        return TaxSumSerializer(tax_sums(rows), many=True, context=self.context).data


class TrailEntrySerializer(Shape):
    """One step that changed an amount, or that would have, and why it did not."""

    stage = serializers.CharField()
    row = serializers.CharField(help_text="UUID of the line, or key of the charge; empty for the whole basket.")
    rule = serializers.CharField(help_text="What did it: a price list, a promotion, a tax rate.")
    why = serializers.CharField()
    applied = serializers.BooleanField()
    code = serializers.CharField(help_text="Stable, where it did not apply.")
    coupon = serializers.CharField()
    before = MoneyField(exact=True, allow_null=True)
    after = MoneyField(exact=True, allow_null=True)
