"""Use cases of promotions."""

from __future__ import annotations

from .batches import make_coupons_of_codes, write_coupons
from .promotion_values import (
    change_coupon,
    change_promotion,
    create_coupon,
    create_promotion,
    part_columns,
    remove_coupon,
    remove_promotion,
)
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
    "change_coupon",
    "change_promotion",
    "check_coupons",
    "codes_of",
    "create_coupon",
    "create_promotion",
    "discounts_of",
    "give_back",
    "make_coupons",
    "make_coupons_of_codes",
    "part_columns",
    "redeem",
    "remove_coupon",
    "remove_promotion",
    "rules",
    "write_coupons",
]
