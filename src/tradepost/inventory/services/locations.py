"""Locations, and the limits of levels."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from tradepost.core import db
from tradepost.core.db.row_values import delete_row, write_values
from tradepost.core.errors import InUse

from ..base import AbstractLocation, AbstractStockLevel
from ..models import Location, Reservation, StockLevel, StockMovement
from .stock import levels_at

__all__ = ["change_location", "create_location", "remove_location", "set_limits"]

_FIELDS = frozenset({"code", "is_active", "name", "priority"})
_LIMITS = frozenset({"backorder_limit", "low_stock_at"})


@db.atomic
def create_location(values: Mapping[str, Any]) -> AbstractLocation:
    """Make a place that holds stock.

    Raises:
        ValidationError: A field is wrong, or the code is another location's.
    """
    location = Location()
    write_values(location, values, writable=_FIELDS)
    return location


@db.atomic
def change_location(location: AbstractLocation, values: Mapping[str, Any]) -> AbstractLocation:
    """Change what is named of a location. What is at one that isn't active isn't sold.

    Raises:
        ValidationError: A field is wrong, or the code is another location's.
    """
    row = db.lock(Location.objects.filter(pk=location.pk)).get()
    write_values(row, values, writable=_FIELDS)
    return row


@db.atomic
def remove_location(location: AbstractLocation) -> None:
    """Delete a location that never held anything; another one is made inactive.

    Raises:
        InUse: It has levels or a history, or shipments leave from it.
    """
    row = db.lock(Location.objects.filter(pk=location.pk)).get()
    for model in (StockMovement, Reservation, StockLevel):
        if number := model._default_manager.filter(location=row.pk).count():
            raise InUse(_("The location has a history."), by=str(model._meta.verbose_name_plural), count=number)
    delete_row(row)


@db.atomic
def set_limits(variant_id: int, location_id: int, values: Mapping[str, Any]) -> AbstractStockLevel:
    """Set how many units of a variant may be sold before they are in stock, and at how many low stock is reported.

    Args:
        values: ``backorder_limit``, ``low_stock_at`` (``None`` for none), or both.

    Raises:
        ValidationError: A limit isn't a number of units.
    """
    level = levels_at(location_id, [variant_id])[0]
    write_values(level, values, writable=_LIMITS)
    return level
