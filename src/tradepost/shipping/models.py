"""Models of shipping."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tradepost.core.extending.late_models import replaced, stock

from . import base

if TYPE_CHECKING or stock(__name__):

    class ShippingMethod(base.AbstractShippingMethod): ...

    class FlatRate(base.AbstractFlatRate, ShippingMethod):
        class Meta(base.AbstractFlatRate.Meta): ...

    class FreeOver(base.AbstractFreeOver, ShippingMethod):
        class Meta(base.AbstractFreeOver.Meta): ...

    class WeightTable(base.AbstractWeightTable, ShippingMethod):
        class Meta(base.AbstractWeightTable.Meta): ...

    class PriceTable(base.AbstractPriceTable, ShippingMethod):
        class Meta(base.AbstractPriceTable.Meta): ...

    class QuantityTable(base.AbstractQuantityTable, ShippingMethod):
        class Meta(base.AbstractQuantityTable.Meta): ...

    class Pickup(base.AbstractPickup, ShippingMethod):
        class Meta(base.AbstractPickup.Meta): ...

    class CarrierService(base.AbstractCarrierService, ShippingMethod):
        class Meta(base.AbstractCarrierService.Meta): ...

    class CarrierQuote(base.AbstractCarrierQuote): ...

    class PickupPoint(base.AbstractPickupPoint): ...

else:
    __getattr__ = replaced(__name__)
