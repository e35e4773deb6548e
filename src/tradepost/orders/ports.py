"""Ports of orders."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from .base import AbstractOrder

__all__ = ["Numbers"]


@runtime_checkable
class Numbers(Protocol):
    """Gives orders the numbers that people read out.

    Called once for each order, in the transaction that places it, as the last of its rows is written: what it locks stays
    locked until the commit. It must not ask the network. A secret it is not; links to orders carry a token.
    """

    def next(self, order: AbstractOrder) -> str:
        """A number that no other order has, of at most 32 characters; ``order`` is stored already, under another."""
