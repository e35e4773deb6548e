"""Errors of fulfilment."""

from __future__ import annotations

from tradepost.core.errors import Conflict, NotFound
from tradepost.orders.errors import TooManyUnits

__all__ = ["NotShippable", "ShipmentNotFound", "TooManyUnits"]


class NotShippable(Conflict):
    """The order isn't confirmed, or it is on hold. ``context["reason"]`` is the stable code of which."""

    code = "not_shippable"


class ShipmentNotFound(NotFound):
    """There is no such shipment."""

    code = "shipment_not_found"
