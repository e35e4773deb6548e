"""Errors of promotions.

::

    Invalid
    └── CouponInvalid
    Conflict
    ├── CouponRefused
    └── PromotionRefused
"""

from __future__ import annotations

from tradepost.core.errors import Conflict, Invalid

__all__ = ["CouponInvalid", "CouponRefused", "PromotionRefused"]


class CouponInvalid(Invalid):
    """There is no such coupon for this visitor: unknown, expired and used-up ones are told apart by nobody."""

    code = "coupon_invalid"


class CouponRefused(Conflict):
    """A coupon can't be redeemed now. ``context`` holds ``coupon`` and ``reason`` (``invalid``, ``used_up``, ``used_before``)."""

    code = "coupon_refused"


class PromotionRefused(Conflict):
    """A promotion can't give what it gave in the totals. ``context`` holds ``promotion`` and ``reason``.

    The reason is ``budget_spent``, ``used_up`` or ``used_before``.
    """

    code = "promotion_refused"
