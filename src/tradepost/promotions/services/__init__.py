"""Use cases of promotions."""

from __future__ import annotations

from .batches import ALPHABET, write_coupons
from .promotions import Offers, check_coupons, codes_of, discounts_of, give_back, make_coupons, redeem, rules, rules_of
from .redemption import uses_by

__all__ = [
    "ALPHABET",
    "Offers",
    "check_coupons",
    "codes_of",
    "discounts_of",
    "give_back",
    "make_coupons",
    "redeem",
    "rules",
    "rules_of",
    "uses_by",
    "write_coupons",
]
