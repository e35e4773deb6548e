"""Ports of the core."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

__all__ = ["Dispatcher"]


@runtime_checkable
class Dispatcher(Protocol):
    """Says that durable deliveries wait in the outbox.

    Called once after each commit that stored some, in the process that committed, outside any transaction. It may deliver
    at once or tell a worker. It must not raise for a broker that is down: the relay job finds what was left. It isn't meant
    for choosing who handles what; that is :func:`tradepost.core.events.subscribe`.
    """

    def wake(self) -> None:
        """Deliver, or have delivered, what is due."""
