"""The first use of a coupon or promotion by a new owner: checked and counted by one conditional update, which locks the row.

What holds a limit is the row's lock, taken by the update itself, and the update's condition, which the database looks at again
once it has the lock. A customer's uses are counted after it. Whatever differs from what was seen is left to the longer way.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import F, Q
from django.db.models.functions import Round

from tradepost.core.dates import clock

from ..models import Coupon, CouponRedemption, Promotion, PromotionUse
from .kept import KeptPromotion, kept_promotions
from .usable_coupons import UsableCoupon, uses_by

__all__ = ["LIMITED", "Use", "limited_discounts", "use_only_promotion", "use_seen_coupon"]

LIMITED = Q(budget__isnull=False) | Q(usage_limit__isnull=False) | Q(customer_limit__isnull=False)
"""Promotions whose uses are booked."""


@dataclass(frozen=True, slots=True)
class Use:
    """Who uses coupons and promotions, and for what owner.

    Attributes:
        email: In small letters.
    """

    owner_kind: str
    owner_key: str
    customer_id: int | None
    email: str

    @property
    def columns(self) -> dict[str, Any]:
        """Columns that are stored with each use."""
        return {
            "customer_id": self.customer_id,
            "email": self.email,
            "owner_kind": self.owner_kind,
            "owner_key": self.owner_key,
        }

    @property
    def owned(self) -> Q:
        """Uses for this owner."""
        return Q(owner_kind=self.owner_kind, owner_key=self.owner_key)

    @property
    def theirs(self) -> Q | None:
        """Uses by this buyer; ``None`` for nobody."""
        return uses_by(self.customer_id, self.email)


def limited_discounts(discounts: Mapping[str, Decimal]) -> dict[str, Decimal]:
    """The discounts of promotions that have a limit, as far as it isn't known that they have none; no query."""
    kept = _kept_by_code() if discounts else {}
    return {code: amount for code, amount in discounts.items() if code not in kept or kept[code].is_limited}


def use_seen_coupon(use: Use, codes: Sequence[str], seen: Mapping[str, UsableCoupon]) -> bool:
    """Use the only coupon of a new owner, if it still is as it was seen.

    Returns:
        ``False`` where nothing was done, for there are several codes, or its limits are reached or have changed.
    """
    coupon = seen.get(codes[0])
    if len(codes) > 1 or coupon is None:
        return False
    rows = Coupon.objects.active(clock.now()).filter(pk=coupon.pk, customer_limit=coupon.customer_limit)
    if not rows.filter(Q(usage_limit=None) | Q(used__lt=F("usage_limit"))).update(used=F("used") + 1):
        return False
    if _is_used_before(CouponRedemption.objects.filter(coupon_id=coupon.pk), use, coupon.customer_limit):
        Coupon.objects.filter(pk=coupon.pk).update(used=F("used") - 1)
        return False
    CouponRedemption.objects.bulk_create([CouponRedemption(coupon_id=coupon.pk, **use.columns)])
    return True


def use_only_promotion(use: Use, discounts: Mapping[str, Decimal]) -> bool:
    """Book the only limited promotion of a new owner, if it still is as it is kept.

    Returns:
        ``False`` where nothing was done, as :func:`use_seen_coupon`.
    """
    ((code, amount), *others), kept = discounts.items(), _kept_by_code()
    if others or code not in kept:
        return False
    promotion = kept[code]
    limits = {name: getattr(promotion, name) for name in ("budget", "usage_limit", "customer_limit")}
    rows = Promotion.objects.filter(pk=promotion.pk, **limits).filter(
        Q(usage_limit=None) | Q(used__lt=F("usage_limit")),
        Q(budget=None) | Q(budget__gte=Round(F("spent") + amount, 4)),  # as its constraint compares
    )
    if not rows.update(spent=F("spent") + amount, used=F("used") + 1):
        return False
    if _is_used_before(PromotionUse.objects.filter(promotion_id=promotion.pk), use, promotion.customer_limit):
        Promotion.objects.filter(pk=promotion.pk).update(spent=F("spent") - amount, used=F("used") - 1)
        return False
    PromotionUse.objects.bulk_create([PromotionUse(promotion_id=promotion.pk, amount=amount, **use.columns)])
    return True


def _kept_by_code() -> dict[str, KeptPromotion]:
    return {promotion.rule.code: promotion for promotion in kept_promotions()}


def _is_used_before(uses: Any, use: Use, limit: int | None) -> bool:
    """Whether this buyer has had all uses of one; asked under its lock."""
    theirs = use.theirs
    return limit is not None and theirs is not None and uses.filter(theirs).count() >= limit
