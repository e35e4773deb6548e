"""Promotions: conditions that must hold, benefits that follow, coupons that unlock them.

A kind of condition or benefit is a mixin that gives a rule of :mod:`tradepost.promotions.rules`, and a model of it; a
project adds its own beside these.
"""

from __future__ import annotations

from .benefits import (
    AbstractAmountOff,
    AbstractBenefit,
    AbstractBundlePrice,
    AbstractBuyGet,
    AbstractCheapestFree,
    AbstractFixedPrice,
    AbstractFreeGift,
    AbstractPercentageOff,
    AbstractTieredPercentage,
)
from .conditions import (
    AbstractCondition,
    AbstractCountries,
    AbstractCustomerGroups,
    AbstractFirstOrder,
    AbstractHours,
    AbstractMinimumQuantity,
    AbstractMinimumValue,
)
from .coupons import AbstractCoupon, AbstractCouponRedemption
from .goods import GoodsMixin
from .promotions import AbstractPromotion, AbstractPromotionUse

__all__ = [
    "AbstractAmountOff",
    "AbstractBenefit",
    "AbstractBundlePrice",
    "AbstractBuyGet",
    "AbstractCheapestFree",
    "AbstractCondition",
    "AbstractCountries",
    "AbstractCoupon",
    "AbstractCouponRedemption",
    "AbstractCustomerGroups",
    "AbstractFirstOrder",
    "AbstractFixedPrice",
    "AbstractFreeGift",
    "AbstractHours",
    "AbstractMinimumQuantity",
    "AbstractMinimumValue",
    "AbstractPercentageOff",
    "AbstractPromotion",
    "AbstractPromotionUse",
    "AbstractTieredPercentage",
    "GoodsMixin",
]
