"""Lines and coupons that didn't come along when two baskets became one, and why."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from .base import AbstractBasketLine
from .conf import settings

__all__ = ["LeftOut", "coupon_left_out", "line_left_out"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """Units of a variant, or a coupon code, that were left out.

    Attributes:
        code: As the refusal of :func:`~tradepost.basket.services.add` would have: ``quantity_limit``, ``not_sellable``,
            ``no_price``, ``too_many_lines``, ``too_many_coupons``.
        message: For the customer.
        quantity: Units; 0 for a coupon.
    """

    code: str
    message: str | Promise
    sku: str = ""
    quantity: int = 0
    coupon: str = ""


def line_left_out(line: AbstractBasketLine, quantity: int, code: str) -> LeftOut:
    """So many units of a line that couldn't come along."""
    why = {
        "quantity_limit": _("%(name)s: %(count)s left out; you can buy at most %(limit)s."),
        "not_sellable": _("%(name)s: left out; it is no longer available."),
        "no_price": _("%(name)s: left out; it has no price in this basket's currency."),
        "too_many_lines": _("%(name)s: left out; the basket holds no more different items."),
    }[code]
    facts = {"name": line.variant.product.name, "count": quantity, "limit": settings().MAX_QUANTITY}
    return LeftOut(code=code, message=why % facts, sku=line.variant.sku, quantity=quantity)


def coupon_left_out(coupon: str) -> LeftOut:
    """A code beyond the most that a basket may have."""
    limit = settings().MAX_COUPONS
    message = _("The code %(code)s: left out; you can use at most %(limit)s codes.") % {"code": coupon, "limit": limit}
    return LeftOut(code="too_many_coupons", message=message, coupon=coupon)
