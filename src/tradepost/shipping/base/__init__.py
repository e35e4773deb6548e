"""Models of shipping methods, carriers and pickup points.

A kind of method is a mixin with one function, ``cost()``, and a model of it; a project adds its own beside these.
"""

from __future__ import annotations

from .carriers import AbstractCarrierQuote, AbstractCarrierService
from .kinds import (
    AbstractFlatRate,
    AbstractFreeOver,
    AbstractPickup,
    AbstractPriceTable,
    AbstractQuantityTable,
    AbstractWeightTable,
    Table,
)
from .methods import AbstractShippingMethod, Offer
from .points import AbstractPickupPoint

__all__ = [
    "AbstractCarrierQuote",
    "AbstractCarrierService",
    "AbstractFlatRate",
    "AbstractFreeOver",
    "AbstractPickup",
    "AbstractPickupPoint",
    "AbstractPriceTable",
    "AbstractQuantityTable",
    "AbstractShippingMethod",
    "AbstractWeightTable",
    "Offer",
    "Table",
]
