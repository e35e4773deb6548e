"""Promotions as pure values: conditions, benefits, and how they change a document.

A project adds a kind by a dataclass with :meth:`Condition.unmet` or :meth:`Benefit.apply`, and a model that gives it.
"""

from __future__ import annotations

from .benefits import (
    AmountOff,
    BundlePrice,
    BuyGet,
    CheapestFree,
    FixedPrice,
    FreeGift,
    PercentageOff,
    Tier,
    TieredPercentage,
)
from .common import (
    Application,
    Benefit,
    Condition,
    Goods,
    Missing,
    PromotionRule,
    Reason,
    give,
    in_currency,
    units_left,
)
from .conditions import Countries, CustomerGroups, FirstOrder, Hours, MinimumQuantity, MinimumValue

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
    "MinimumQuantity",
    "MinimumValue",
    "Missing",
    "PercentageOff",
    "PromotionRule",
    "Reason",
    "Tier",
    "TieredPercentage",
    "give",
    "in_currency",
    "units_left",
]
