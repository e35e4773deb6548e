"""Errors of baskets.

::

    Invalid
    ├── NotSellable
    ├── OptionsInvalid
    └── QuantityInvalid
    NotFound
    └── LineNotFound
    Conflict
    ├── BasketNotOpen
    ├── CouponRepeated
    ├── ManuallyPriced
    ├── PriceMissing
    ├── QuantityLimit
    ├── TooManyCoupons
    └── TooManyLines
"""

from __future__ import annotations

from tradepost.core.errors import Conflict, Invalid, NotFound

__all__ = [
    "BasketNotOpen",
    "CouponRepeated",
    "LineNotFound",
    "ManuallyPriced",
    "NotSellable",
    "OptionsInvalid",
    "PriceMissing",
    "QuantityInvalid",
    "QuantityLimit",
    "TooManyCoupons",
    "TooManyLines",
]


class BasketNotOpen(Conflict):
    """An order is being made of the basket, or was. ``context`` holds ``basket`` (its UUID) and ``status``."""

    code = "basket_submitted"


class NotSellable(Invalid):
    """The variant isn't sold (any more). ``context["sku"]`` names it."""

    code = "not_sellable"


class QuantityInvalid(Invalid):
    """The quantity is no number of units."""

    code = "quantity_invalid"


class OptionsInvalid(Invalid):
    """The options are not a small mapping of names to plain values."""

    code = "options_invalid"


class LineNotFound(NotFound):
    """The basket has no such line."""

    code = "line_not_found"


class PriceMissing(Conflict):
    """There is no price in the basket's currency. ``context`` holds ``skus`` and ``currency``."""

    code = "no_price"


class QuantityLimit(Conflict):
    """More units than one line may have. ``context["limit"]`` is how many it may."""

    code = "quantity_limit"


class CouponRepeated(Conflict):
    """Another code of the same promotion is in the basket. ``context["coupon"]`` is the one that isn't taken."""

    code = "coupon_repeated"


class TooManyCoupons(Conflict):
    """The basket has as many codes as it may. ``context["limit"]`` is how many."""

    code = "too_many_coupons"


class TooManyLines(Conflict):
    """The basket has as many different articles as it may. ``context["limit"]`` is how many."""

    code = "too_many_lines"


class ManuallyPriced(Conflict):
    """Amounts that staff set by hand stand in the way; ``context["currency"]`` is theirs."""

    code = "manually_priced"
