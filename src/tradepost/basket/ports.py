"""Ports of baskets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from tradepost.pricing.document import Document

    from .base import AbstractBasket
    from .totals.snapshots import (
        BasketSnapshot,
        Rules,
        Terms,
    )

__all__ = ["LineKey", "MergePolicy", "Stage", "TermsSource"]

LineKey = tuple[int, str]
"""The identity of a line: variant id and options."""


@runtime_checkable
class MergePolicy(Protocol):
    """Decides what two baskets become, at sign-in.

    Called once for each merge, in its transaction, with both baskets locked; so it computes and asks nobody. Limits of quantities
    are held after it. For other things than quantities subscribe to ``BasketMerged``.
    """

    def merge(self, source: Mapping[LineKey, int], into: Mapping[LineKey, int]) -> Mapping[LineKey, int]:
        """Units by line after the merge; lines that aren't in it are dropped."""


@runtime_checkable
class TermsSource(Protocol):
    """Tells what is known of the buyer beyond the basket: e-mail, address, tax id, chosen delivery and payment.

    Asked wherever totals are wanted and no terms are given, so that the basket's page, the API, the checkout and the placing of
    the order have one answer. One query at most, none where the basket was found with what it needs.
    """

    def terms(self, basket: AbstractBasket) -> Terms:
        """The terms that totals of this basket depend on."""


class Stage(Protocol):
    """One step of the totals.

    Called once for each calculation, in the order of the setting, inside no lock. It is pure: what it needs is in the snapshot
    and the rules, so that the same input gives the same totals. For a discount on conditions use a promotion instead.
    """

    def __call__(self, document: Document, snapshot: BasketSnapshot, rules: Rules, /) -> None:
        """Change the document, and tell its trail what was done and why."""
