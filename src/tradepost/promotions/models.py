"""Models of promotions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tradepost.core.extending.late_models import replaced, stock

from . import base

if TYPE_CHECKING or stock(__name__):

    class Promotion(base.AbstractPromotion): ...

    class Condition(base.AbstractCondition): ...

    class MinimumValue(base.AbstractMinimumValue, Condition):
        class Meta(base.AbstractMinimumValue.Meta): ...

    class MinimumQuantity(base.AbstractMinimumQuantity, Condition):
        class Meta(base.AbstractMinimumQuantity.Meta): ...

    class CustomerGroups(base.AbstractCustomerGroups, Condition):
        class Meta(base.AbstractCustomerGroups.Meta): ...

    class FirstOrder(base.AbstractFirstOrder, Condition):
        class Meta(base.AbstractFirstOrder.Meta): ...

    class Countries(base.AbstractCountries, Condition):
        class Meta(base.AbstractCountries.Meta): ...

    class Hours(base.AbstractHours, Condition):
        class Meta(base.AbstractHours.Meta): ...

    class Benefit(base.AbstractBenefit): ...

    class PercentageOff(base.AbstractPercentageOff, Benefit):
        class Meta(base.AbstractPercentageOff.Meta): ...

    class AmountOff(base.AbstractAmountOff, Benefit):
        class Meta(base.AbstractAmountOff.Meta): ...

    class BundlePrice(base.AbstractBundlePrice, Benefit):
        class Meta(base.AbstractBundlePrice.Meta): ...

    class CheapestFree(base.AbstractCheapestFree, Benefit):
        class Meta(base.AbstractCheapestFree.Meta): ...

    class FixedPrice(base.AbstractFixedPrice, Benefit):
        class Meta(base.AbstractFixedPrice.Meta): ...

    class BuyGet(base.AbstractBuyGet, Benefit):
        class Meta(base.AbstractBuyGet.Meta): ...

    class FreeGift(base.AbstractFreeGift, Benefit):
        class Meta(base.AbstractFreeGift.Meta): ...

    class TieredPercentage(base.AbstractTieredPercentage, Benefit):
        class Meta(base.AbstractTieredPercentage.Meta): ...

    class PromotionUse(base.AbstractPromotionUse): ...

    class Coupon(base.AbstractCoupon): ...

    class CouponRedemption(base.AbstractCouponRedemption): ...

else:
    __getattr__ = replaced(__name__)
