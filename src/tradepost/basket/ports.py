"""Ports of baskets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol, runtime_checkable

__all__ = ["LineKey", "MergePolicy"]

LineKey = tuple[int, str]
"""What makes two lines the same: variant id and options."""


@runtime_checkable
class MergePolicy(Protocol):
    """Decides what two baskets become, at sign-in.

    Called once for each merge, in its transaction, with both baskets locked; so it computes and asks nobody. Limits of quantities
    are held after it. For other things than quantities subscribe to ``BasketMerged``.
    """

    def merge(self, source: Mapping[LineKey, int], into: Mapping[LineKey, int]) -> Mapping[LineKey, int]:
        """Units by line after the merge; lines that aren't in it are dropped."""
