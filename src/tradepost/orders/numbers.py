"""Order numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tradepost.core.db import sequences

if TYPE_CHECKING:
    from .base import AbstractOrder

__all__ = ["Sequential"]


class Sequential:
    """Counts without gaps, in one sequence for all orders."""

    def __init__(self, prefix: str = "", start: int = 10001, digits: int = 0) -> None:
        """Set how numbers look.

        Args:
            prefix: Stands before the count.
            start: The first order's count.
            digits: The count is filled up with zeros to so many.
        """
        self.prefix, self.start, self.digits = prefix, start, digits

    def next(self, order: AbstractOrder) -> str:
        """The next count, with the prefix. Its row stays locked until the transaction ends."""
        return f"{self.prefix}{sequences.next_value('tradepost.orders', start=self.start):0{self.digits}d}"
