"""Shares of a credit in a row of an order. Pure.

Credits by units are cumulative: ``round(x·k/q) − already credited``, for the total and for the tax, and the net is the
difference; so a row that is credited in full, in whatever steps, ends at exactly zero.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from tradepost.core.money import ZERO, allocate, quantise

__all__ = ["Creditable", "Share", "by_amount", "by_units"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Creditable:
    """A line or charge as it was sold, and what has been credited of it already. Amounts in the order's currency.

    Attributes:
        quantity: Units sold; 1 for a charge.
        units: Of these, credited already.
        taxes: Amount of each of its taxes, by primary key.
        done_taxes: Credited already, by the same keys.
    """

    total: Decimal
    tax: Decimal
    quantity: int
    currency: str
    units: int = 0
    done_total: Decimal = ZERO
    done_tax: Decimal = ZERO
    taxes: Sequence[tuple[int, Decimal]] = ()
    done_taxes: Sequence[Decimal] = ()

    @property
    def left(self) -> Decimal:
        """The amount that can still be credited, tax included."""
        return self.total - self.done_total


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A row's part of a credit; ``taxes`` by primary key of the row's taxes, summing to ``tax``."""

    quantity: int
    total: Decimal
    tax: Decimal
    taxes: tuple[tuple[int, Decimal], ...]

    @property
    def net(self) -> Decimal:
        """Without tax."""
        return self.total - self.tax


def by_units(row: Creditable, units: int) -> Share:
    """Credit so many more units. An earlier credit of an amount counts as part of it; nothing falls below zero."""
    k = row.units + units
    total = _between(quantise(row.total * k / row.quantity, row.currency) - row.done_total, row.left)
    tax = quantise(row.tax * k / row.quantity, row.currency) - row.done_tax
    return _share(row, units, total, tax)


def by_amount(row: Creditable, total: Decimal) -> Share:
    """Credit an amount, tax included, of at most :attr:`Creditable.left`."""
    tax = ZERO
    if row.total:
        tax = quantise(row.tax * (row.done_total + total) / row.total, row.currency) - row.done_tax
    return _share(row, 0, total, tax)


def _share(row: Creditable, units: int, total: Decimal, tax: Decimal) -> Share:
    if total == row.left:  # the last of it takes all the tax that is left
        tax = row.tax - row.done_tax
    total = quantise(total, row.currency)
    tax = quantise(_between(tax, min(total, row.tax - row.done_tax)), row.currency)
    rest = [
        max(ZERO, amount - done) for (_pk, amount), done in zip(row.taxes, row.done_taxes or _zeros(row), strict=True)
    ]
    parts = allocate(tax, rest, currency=row.currency, caps=rest) if tax and rest else [ZERO] * len(rest)
    return Share(
        quantity=units,
        total=total,
        tax=tax,
        taxes=tuple((pk, part) for (pk, _amount), part in zip(row.taxes, parts, strict=True)),
    )


def _zeros(row: Creditable) -> list[Decimal]:
    return [ZERO] * len(row.taxes)


def _between(amount: Decimal, most: Decimal) -> Decimal:
    return max(ZERO, min(amount, most))
