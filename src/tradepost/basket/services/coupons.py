"""Coupons of a basket: entered, refused with a reason, taken away."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tradepost.core import db
from tradepost.core.dates import clock
from tradepost.promotions import services as promotions
from tradepost.promotions.errors import CouponInvalid

from ..base import AbstractBasket
from ..conf import settings
from ..errors import (
    CouponRepeated,
    TooManyCoupons,
)
from .baskets import known_terms
from .lines import locked

__all__ = ["add_coupon", "remove_coupon"]


@db.atomic
def add_coupon(basket: AbstractBasket, code: str) -> AbstractBasket:
    """Enter a code; once is enough. Whether its promotion applies is another matter: the trail of the totals says why not.

    Raises:
        BasketNotOpen: The basket was submitted.
        CouponInvalid: Unknown, expired or used up, which is all the same to who asks.
        CouponRepeated: Another code of the same promotion is in the basket.
        TooManyCoupons: The basket has as many as it may.
    """
    fresh = locked(basket)
    entered = promotions.codes_of(fresh.coupon_codes)
    added = promotions.codes_of([code])
    if added and added[0] in entered:
        return fresh
    offers = promotions.rules(
        at=clock.now(),
        channel=fresh.channel,
        coupon_codes=[*entered, *added],
        customer_id=fresh.customer_id,
        email=known_terms(fresh).email,
    )
    refusal = next((entry for entry in offers.refusals if entry.coupon in added), None)
    if refusal is not None and refusal.code == CouponRepeated.code:
        raise CouponRepeated(refusal.why, attr="code", coupon=code)
    if not added or refusal is not None:
        raise CouponInvalid(_("This code isn’t valid, or has already been used."), attr="code", coupon=code)
    limit = settings().MAX_COUPONS
    if len(entered) >= limit:
        raise TooManyCoupons(_("You can use at most %(limit)s codes.") % {"limit": limit}, attr="code", limit=limit)
    fresh.coupon_codes = [*entered, *added]
    fresh.save(update_fields=["coupon_codes"])
    return fresh


@db.atomic
def remove_coupon(basket: AbstractBasket, code: str) -> AbstractBasket:
    """Take a code out; one that isn't in changes nothing.

    Raises:
        BasketNotOpen: The basket was submitted.
    """
    fresh = locked(basket)
    remaining = [code_entered for code_entered in fresh.coupon_codes if code_entered not in promotions.codes_of([code])]
    if remaining != fresh.coupon_codes:
        fresh.coupon_codes = remaining
        fresh.save(update_fields=["coupon_codes"])
    return fresh
