"""Errors of fulfilment."""

from __future__ import annotations

from tradepost.core.errors import Conflict
from tradepost.orders.errors import TooManyUnits

__all__ = ["NotShippable", "TooManyUnits"]


class NotShippable(Conflict):
    """The order isn't confirmed, or it is on hold. ``context["reason"]`` is the stable code of which."""

    code = "not_shippable"
