"""Models of promotions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tradepost.core.late import replaced, stock

from . import base

if TYPE_CHECKING or stock(__name__):

    class Promotion(base.AbstractPromotion): ...

    class Condition(base.AbstractCondition): ...

    class MinimumValue(base.AbstractMinimumValue, Condition):
        class Meta(base.AbstractMinimumValue.Meta): ...

    class MinimumQuantity(base.AbstractMinimumQuantity, Condition):
        class Meta(base.AbstractMinimumQuantity.Meta): ...

    class Benefit(base.AbstractBenefit): ...

    class PercentageOff(base.AbstractPercentageOff, Benefit):
        class Meta(base.AbstractPercentageOff.Meta): ...

    class AmountOff(base.AbstractAmountOff, Benefit):
        class Meta(base.AbstractAmountOff.Meta): ...

    class BundlePrice(base.AbstractBundlePrice, Benefit):
        class Meta(base.AbstractBundlePrice.Meta): ...

    class CheapestFree(base.AbstractCheapestFree, Benefit):
        class Meta(base.AbstractCheapestFree.Meta): ...

    class Coupon(base.AbstractCoupon): ...

    class CouponRedemption(base.AbstractCouponRedemption): ...

else:
    __getattr__ = replaced(__name__)
