"""Events of customers."""

from __future__ import annotations

from dataclasses import dataclass

from tradepost.core.events import Event

__all__ = ["ConsentChanged"]


@dataclass(frozen=True)
class ConsentChanged(Event):
    """A customer agreed to something, to a new text about it, or withdrew it. What is sent by it begins or ends.

    Attributes:
        purpose: Key in ``TRADEPOST_CUSTOMERS["CONSENTS"]``.
    """

    customer_id: int
    purpose: str
    is_granted: bool
