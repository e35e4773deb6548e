"""A document without the gifts of a promotion: what they are given away for has to be reached by the rest. Pure."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from tradepost.core.money import quantise
from tradepost.pricing.document import Document, LineRow

from ..rules import PromotionRule

__all__ = ["without_gifts"]


def without_gifts(document: Document, rule: PromotionRule) -> Document:
    """The document as the conditions of a promotion see it: without the units that it would give away."""
    gifts: Counter[str] = Counter()
    for benefit in rule.benefits:
        gifts.update(benefit.gifts(document))
    if not gifts:
        return document
    lines = [_fewer(line, gifts[line.key], document.currency) for line in document.lines]
    return replace(document, lines=[line for line in lines if line.item.quantity > 0])


def _fewer(line: LineRow, gifts: int, currency: str) -> LineRow:
    """A line without so many of its units."""
    if not gifts:
        return line
    quantity = max(0, line.item.quantity - gifts)
    return replace(
        line,
        item=replace(line.item, quantity=quantity),
        gross=quantise(line.unit_price * quantity, currency),
    )
