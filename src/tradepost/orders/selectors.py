"""Which orders somebody may see."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from . import tokens
from .base import AbstractOrder
from .errors import OrderNotFound
from .models import Order
from .querysets import OrderQuerySet

__all__ = ["get_order", "orders_of"]


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
