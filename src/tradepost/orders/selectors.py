"""Which orders somebody may see, and what their lines add up to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from . import tokens
from .base import AbstractOrder
from .errors import OrderNotFound
from .models import Order
from .querysets import OrderQuerySet
from .row_models import AbstractOrderLine

__all__ = ["get_order", "orders_of", "units_by_variant"]


def get_order(number: str, *, user: Any, token: str = "") -> AbstractOrder:
    """One order, for its customer or for who has its token.

    Raises:
        OrderNotFound: There is none, or it is somebody else's.
    """
    if token:
        return tokens.by_token(number, token)
    order = orders_of(user).filter(number=number).first()
    if order is None:
        raise OrderNotFound(_("There is no such order."))
    return order


def orders_of(user: Any) -> OrderQuerySet[Order]:
    """Orders of a user's customer, the latest first; none for an anonymous user."""
    return Order.objects.placed_by(user)


def units_by_variant(units: Iterable[tuple[AbstractOrderLine, int]]) -> dict[int, int]:
    """Sum units of lines by variant, for lines may share one.

    Args:
        units: Of each line; those of a line whose variant was deleted, and none, are left out.
    """
    sums: Counter[int] = Counter()
    for line, quantity in units:
        if line.variant_id is not None and quantity:
            sums[line.variant_id] += quantity
    return dict(sums)
