"""Amounts of money in contracts."""

from __future__ import annotations

from decimal import Decimal

from tradepost.core.money import quantise

__all__ = ["fits"]


def fits(amount: Decimal, currency: str) -> bool:
    """Whether an amount has no more decimals than its currency."""
    return amount == quantise(amount, currency)
