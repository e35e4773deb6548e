"""Amounts of money: rounding, splitting, formatting, and the currencies in use."""

from __future__ import annotations

from .amounts import (
    ZERO,
    CurrencyMismatch,
    Money,
    allocate,
    exact,
    exponent,
    is_currency,
    plain,
    portions,
    quantise,
    rounded,
    total,
)

__all__ = [
    "ZERO",
    "CurrencyMismatch",
    "Money",
    "allocate",
    "exact",
    "exponent",
    "is_currency",
    "plain",
    "portions",
    "quantise",
    "rounded",
    "total",
]
