"""Errors of the checkout.

Below those of the core::

    Conflict
    ├── RequirementsUnmet
    ├── TotalChanged
    ├── TooManyPending
    └── OrderClosed
"""

from __future__ import annotations

from tradepost.core.errors import Conflict

__all__ = ["OrderClosed", "RequirementsUnmet", "TooManyPending", "TotalChanged"]


class RequirementsUnmet(Conflict):
    """Something is missing; ``context["requirements"]`` lists what, with codes."""

    code = "requirements_unmet"


class TotalChanged(Conflict):
    """The total isn't what the customer saw; ``context`` has ``expected`` and ``total``, each with its currency."""

    code = "total_changed"


class TooManyPending(Conflict):
    """Too many unpaid orders of one customer, e-mail address or IP."""

    code = "too_many_pending"


class OrderClosed(Conflict):
    """The order can't be paid, or taken back, any more. ``context["status"]``."""

    code = "order_closed"
