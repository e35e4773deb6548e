"""How goods travel, and what that costs.

A kind of method is a mixin with one function, ``cost()``, and a model of it; a project adds its own beside these.
"""

from __future__ import annotations

from .kinds import (
    AbstractFlatRate,
    AbstractFreeOver,
    AbstractPickup,
    AbstractPriceTable,
    AbstractQuantityTable,
    AbstractWeightTable,
    Table,
)
from .methods import AbstractShippingMethod
from .points import AbstractPickupPoint
from .times import AbstractDeliveryTime

__all__ = [
    "AbstractDeliveryTime",
    "AbstractFlatRate",
    "AbstractFreeOver",
    "AbstractPickup",
    "AbstractPickupPoint",
    "AbstractPriceTable",
    "AbstractQuantityTable",
    "AbstractShippingMethod",
    "AbstractWeightTable",
    "Table",
]
