"""Which orders somebody may see, and what their lines add up to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from tradepost.core.errors import Invalid

from . import tokens
from .base import AbstractOrder
from .errors import OrderNotFound
from .models import Order, OrderCharge, OrderLine
from .querysets import OrderQuerySet
from .row_models import AbstractOrderLine

__all__ = ["find_order", "get_order", "key_of_charge", "keys_of_lines", "orders_of", "units_by_variant"]


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


def find_order(number: str) -> AbstractOrder:
    """One order of the shop, whoever placed it; for staff.

    Raises:
        OrderNotFound: There is none.
    """
    order = Order.objects.filter(number=number).first()
    if order is None:
        raise OrderNotFound(_("There is no such order."))
    return order


def keys_of_lines(order: AbstractOrder, units: Mapping[UUID, int]) -> dict[int, int]:
    """Units by the primary key of a line, from units by its UUID, as services take them.

    Raises:
        Invalid: One isn't a line of this order.
    """
    keys = dict(OrderLine.objects.filter(order_id=order.pk, uuid__in=units).values_list("uuid", "pk"))
    if len(keys) != len(units):
        raise Invalid(_("Name lines of this order."), attr="lines")
    return {keys[uuid]: quantity for uuid, quantity in units.items()}


def key_of_charge(order: AbstractOrder, uuid: UUID) -> int:
    """The primary key of a charge.

    Raises:
        Invalid: It isn't one of this order.
    """
    key = OrderCharge.objects.filter(order_id=order.pk, uuid=uuid).values_list("pk", flat=True).first()
    if key is None:
        raise Invalid(_("Name a charge of this order."), attr="charge")
    return key


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
