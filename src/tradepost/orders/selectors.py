"""Which orders somebody may see, and what their lines add up to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Count, DecimalField, F, Max, Sum
from django.utils.translation import gettext_lazy as _

from tradepost.core.errors import Invalid
from tradepost.core.money import quantise

from . import tokens
from .base import AbstractOrder
from .errors import OrderNotFound
from .models import Order, OrderCharge, OrderLine
from .querysets import OrderQuerySet
from .row_models import AbstractOrderLine

__all__ = [
    "BuyerSums",
    "find_order",
    "get_order",
    "key_of_charge",
    "keys_of_lines",
    "orders_of",
    "sums_by_customer",
    "units_by_variant",
]


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


@dataclass(frozen=True, slots=True)
class BuyerSums:
    """A customer's orders in one currency, those that are sold: confirmed and not cancelled.

    Attributes:
        total: Tax included, less what was credited since.
    """

    currency: str
    orders: int
    total: Decimal
    last_at: datetime | None


def sums_by_customer(customer_id: int) -> list[BuyerSums]:
    """Sum up what a customer has bought, by currency; one query."""
    orders = Order.objects.that("is_sold").filter(customer_id=customer_id).order_by().values("currency")
    amount: Any = DecimalField(max_digits=38, decimal_places=4)
    rows = orders.annotate(
        number=Count("pk"), sold=Sum(F("total") - F("credited"), output_field=amount), last=Max("placed_at")
    )
    return [
        BuyerSums(row["currency"], row["number"], quantise(row["sold"], row["currency"]), row["last"])
        for row in rows.order_by("currency")
    ]
