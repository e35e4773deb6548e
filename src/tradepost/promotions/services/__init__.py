"""Use cases of promotions."""

from __future__ import annotations

from .batches import write_coupons
from .promotions import Offers, check_coupons, codes_of, discounts_of, give_back, make_coupons, redeem, rules

__all__ = [
    "Offers",
    "check_coupons",
    "codes_of",
    "discounts_of",
    "give_back",
    "make_coupons",
    "redeem",
    "rules",
    "write_coupons",
]
