"""Pickup points as staff write them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from tradepost.core import db
from tradepost.core.db.positions import put_in_order
from tradepost.core.db.row_values import by_keys, delete_row, write_values
from tradepost.core.errors import Invalid

from ..base import AbstractPickupPoint
from ..models import PickupPoint, ShippingMethod

__all__ = ["change_pickup_point", "create_pickup_point", "order_pickup_points", "remove_pickup_point"]

_FIELDS = frozenset({
    "city", "code", "country", "is_active", "line1", "line2", "name", "opening_hours", "position", "postcode", "region",
})  # fmt: skip


@db.atomic
def create_pickup_point(values: Mapping[str, Any]) -> AbstractPickupPoint:
    """Make a pickup point. The methods that reach it deliver to points only from then on.

    Args:
        values: By field; ``methods`` as a list of codes.

    Raises:
        ValidationError: A field is wrong, or the code is another point's.
        Invalid: A method doesn't exist, or none is named.
    """
    point = PickupPoint()
    _write(point, {"methods": (), **values})
    return point


@db.atomic
def change_pickup_point(point: AbstractPickupPoint, values: Mapping[str, Any]) -> AbstractPickupPoint:
    """Change what is named of a pickup point; ``methods`` replaces those that reach it.

    Raises:
        ValidationError: A field is wrong, or the code is another point's.
        Invalid: A method doesn't exist, or none is left.
    """
    row = db.lock(PickupPoint.objects.filter(pk=point.pk)).get()
    _write(row, values)
    return row


@db.atomic
def order_pickup_points(codes: Iterable[str]) -> None:
    """Show pickup points in this order where nobody gave a postcode; those that aren't named follow.

    Raises:
        Invalid: There is no such point.
    """
    put_in_order(PickupPoint.objects.all(), codes, field="code", attr="pickup_points", tie="name")


@db.atomic
def remove_pickup_point(point: AbstractPickupPoint) -> None:
    """Delete a pickup point. Orders keep its address; a method whose last point goes delivers to addresses again.

    Raises:
        InUse: Rows of the project need it.
    """
    delete_row(db.lock(PickupPoint.objects.filter(pk=point.pk)).get())


def _write(point: AbstractPickupPoint, values: Mapping[str, Any]) -> None:
    fields = {name: value for name, value in values.items() if name != "methods"}
    methods: list[Any] | None = None
    if "methods" in values:
        methods = by_keys(ShippingMethod, "code", values["methods"], attr="methods")
        if not methods:
            raise Invalid(_("At least one method has to reach it."), attr="methods")
    write_values(point, fields, writable=_FIELDS)
    if methods is not None:
        point.methods.set(methods)
