"""Use cases of promotions."""

from __future__ import annotations

from .batches import write_coupons
from .promotions import (
    Offers,
    UsableCoupon,
    check_coupons,
    codes_of,
    discounts_of,
    give_back,
    make_coupons,
    redeem,
    rules,
)

__all__ = [
    "Offers",
    "UsableCoupon",
    "check_coupons",
    "codes_of",
    "discounts_of",
    "give_back",
    "make_coupons",
    "redeem",
    "rules",
    "write_coupons",
]
