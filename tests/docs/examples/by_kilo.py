"""A kind of shipping method: in the ``models.py`` of an app of your project."""

from __future__ import annotations

from decimal import Decimal

from tradepost.core.db.fields import AmountField
from tradepost.shipping.models import ShippingMethod
from tradepost.shipping.ports import Parcel


class ByKilo(ShippingMethod):
    """So much for each kilogram begun."""

    per_kilo = AmountField()

    class Meta:
        verbose_name = verbose_name_plural = "by the kilogram"

    def cost(self, parcel: Parcel) -> Decimal | None:
        begun = max(1, -(-parcel.weight // 1000))
        return self.per_kilo * begun
