"""Policies of merging two baskets."""

from __future__ import annotations

from collections.abc import Mapping

from .ports import LineKey

__all__ = ["Add", "KeepTheirs", "Maximum"]

Quantities = Mapping[LineKey, int]


class Add:
    """Quantities of the same line add."""

    def merge(self, source: Quantities, into: Quantities) -> Quantities:
        """All lines of both."""
        return {key: source.get(key, 0) + into.get(key, 0) for key in {**into, **source}}


class Maximum:
    """The greater quantity of the same line counts."""

    def merge(self, source: Quantities, into: Quantities) -> Quantities:
        """All lines of both."""
        return {key: max(source.get(key, 0), into.get(key, 0)) for key in {**into, **source}}


class KeepTheirs:
    """The customer's own basket stays as it is; the guest's is let go."""

    def merge(self, source: Quantities, into: Quantities) -> Quantities:
        """The lines of the basket that is merged into."""
        return into
