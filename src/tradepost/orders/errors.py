"""Errors of orders."""

from __future__ import annotations

from tradepost.core.errors import Conflict, Invalid, NotFound

__all__ = ["CreditExceedsDue", "OrderEmpty", "OrderNotFound", "OrderNotOpen", "ReasonRequired", "TooManyUnits"]


class OrderNotFound(NotFound):
    """There is no such order, or not for this caller."""

    code = "order_not_found"


class OrderEmpty(Invalid):
    """An order needs a line."""

    code = "empty"


class ReasonRequired(Invalid):
    """A guard was overridden without a reason."""

    code = "reason_required"


class OrderNotOpen(Conflict):
    """The order's state, a hold or an open payment forbids it. ``context["reason"]`` is the stable code of which."""

    code = "order_not_open"


class TooManyUnits(Conflict):
    """More units than a line has left. ``context["lines"]`` maps the line's UUID to the units left."""

    code = "too_many_units"


class CreditExceedsDue(Conflict):
    """More than is left of an order or row can't be credited. ``context["left"]`` is what is left."""

    code = "credit_exceeds_due"
