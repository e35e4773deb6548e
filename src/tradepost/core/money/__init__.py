"""Amounts of money: rounding, splitting, formatting, and the currencies in use."""

from __future__ import annotations

from .amounts import (
    MOST_DIGITS,
    ZERO,
    CurrencyMismatch,
    Money,
    allocate,
    digits_message,
    exact,
    exponent,
    is_currency,
    keeps_all_digits,
    plain,
    portions,
    quantise,
    rounded,
    total,
)

__all__ = [
    "MOST_DIGITS",
    "ZERO",
    "CurrencyMismatch",
    "Money",
    "allocate",
    "digits_message",
    "exact",
    "exponent",
    "is_currency",
    "keeps_all_digits",
    "plain",
    "portions",
    "quantise",
    "rounded",
    "total",
]
