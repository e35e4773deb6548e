"""Errors of the checkout.

Below those of the core::

    Invalid
    └── TaxIdInvalid
    Conflict
    ├── RequirementsUnmet
    ├── TotalChanged
    ├── NotCalculated
    ├── TooManyPending
    └── OrderClosed
"""

from __future__ import annotations

from tradepost.core.errors import Conflict, Invalid

__all__ = ["NotCalculated", "OrderClosed", "RequirementsUnmet", "TaxIdInvalid", "TooManyPending", "TotalChanged"]


class TaxIdInvalid(Invalid):
    """The buyer's tax id can't be one, or its register doesn't know it. ``context["check"]`` says how it was looked at."""

    code = "tax_id_invalid"


class RequirementsUnmet(Conflict):
    """Something is missing; ``context["requirements"]`` lists what, with codes."""

    code = "requirements_unmet"


class TotalChanged(Conflict):
    """The total isn't what the customer saw; ``context`` has ``expected`` and ``total``, each with its currency."""

    code = "total_changed"


class NotCalculated(Conflict):
    """The basket has no total: the stages of the shop didn't calculate it to its end, which is a fault of its settings."""

    code = "not_calculated"


class TooManyPending(Conflict):
    """Too many unpaid orders of one customer or guest, or very many of one IP address."""

    code = "too_many_pending"


class OrderClosed(Conflict):
    """The order can't be paid, or taken back, any more. ``context["status"]``."""

    code = "order_closed"
