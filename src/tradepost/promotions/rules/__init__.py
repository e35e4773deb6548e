"""Promotions as pure values: conditions, benefits, and how they change a document.

A project adds a kind by a dataclass with :meth:`Condition.unmet` or :meth:`Benefit.apply`, and a model that gives it.
"""

from __future__ import annotations

from .benefits import AmountOff, FixedPrice, PercentageOff, Tier, TieredPercentage
from .common import (
    Application,
    Benefit,
    Condition,
    Goods,
    Lot,
    Missing,
    PromotionRule,
    Reason,
    first_units,
    give,
    in_currency,
    lots_left,
    units_left,
)
from .conditions import Countries, CustomerGroups, FirstOrder, Hours, MinimumQuantity, MinimumValue
from .unit_benefits import BundlePrice, BuyGet, CheapestFree, FreeGift

__all__ = [
    "AmountOff",
    "Application",
    "Benefit",
    "BundlePrice",
    "BuyGet",
    "CheapestFree",
    "Condition",
    "Countries",
    "CustomerGroups",
    "FirstOrder",
    "FixedPrice",
    "FreeGift",
    "Goods",
    "Hours",
    "Lot",
    "MinimumQuantity",
    "MinimumValue",
    "Missing",
    "PercentageOff",
    "PromotionRule",
    "Reason",
    "Tier",
    "TieredPercentage",
    "first_units",
    "give",
    "in_currency",
    "lots_left",
    "units_left",
]
