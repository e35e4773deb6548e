"""A second calculation of discounts, written to be obvious and slow: every unit is a coin on a table.

It shares no code with the library.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
Discount = Callable[[list[int]], list[int]]
"""From the cents that are left of each line to the cents off each line."""


def cents(amount: Decimal) -> int:
    """An amount in cents, half up."""
    return int((amount / CENT).quantize(Decimal(1), ROUND_HALF_UP))


def split(total: int, weights: Sequence[int]) -> list[int]:
    """Largest remainder, ties to the first; the weights are also the most that each takes."""
    whole = sum(weights)
    parts = [total * weight // whole for weight in weights]
    rests = [total * weight % whole for weight in weights]
    for _ in range(total - sum(parts)):
        place = max(range(len(rests)), key=lambda i: (rests[i], -i))
        parts[place] += 1
        rests[place] = -1
    return parts


def coins(rest: Sequence[int], quantities: Sequence[int]) -> list[tuple[int, int]]:
    """The rest of every single unit, with its line."""
    return sorted(
        (cents_of_unit, line)
        for line, (amount, quantity) in enumerate(zip(rest, quantities, strict=True))
        for cents_of_unit in split(amount, [1] * quantity)
    )


def percentage_of_lines(percent: Decimal) -> Discount:
    """So many percent of each line."""
    return lambda rest: [cents(amount * CENT * percent / 100) for amount in rest]


def percentage_of_order(percent: Decimal) -> Discount:
    """So many percent of the sum, shared."""

    def discount(rest: list[int]) -> list[int]:
        off = cents(sum(rest) * CENT * percent / 100)
        return split(off, rest) if off else [0] * len(rest)

    return discount


def amount_of_order(amount: Decimal) -> Discount:
    """So much off the sum, shared."""

    def discount(rest: list[int]) -> list[int]:
        off = min(cents(amount), sum(rest))
        return split(off, rest) if off else [0] * len(rest)

    return discount


def bundle(size: int, price: Decimal, quantities: Sequence[int]) -> Discount:
    """The dearest units, so many for one price."""

    def discount(rest: list[int]) -> list[int]:
        dearest = coins(rest, quantities)[::-1]
        off, weights = 0, [0] * len(rest)
        while len(dearest) >= size:
            taken, dearest = dearest[:size], dearest[size:]
            if sum(value for value, _line in taken) <= cents(price):
                break
            off += sum(value for value, _line in taken) - cents(price)
            for value, line in taken:
                weights[line] += value
        return split(off, weights) if off else [0] * len(rest)

    return discount


def cheapest_free(size: int, quantities: Sequence[int]) -> Discount:
    """Of so many units the cheapest is free."""

    def discount(rest: list[int]) -> list[int]:
        result = coins(rest, quantities)
        off = [0] * len(rest)
        for value, line in result[: len(result) // size]:
            off[line] += value
        return off

    return discount


def run(prices: Sequence[Decimal], quantities: Sequence[int], discounts: Sequence[Discount]) -> list[Decimal]:
    """The rest of each line after all discounts, one after the other."""
    entries = [cents(price * quantity) for price, quantity in zip(prices, quantities, strict=True)]
    for discount in discounts:
        entries = [amount - min(amount, off) for amount, off in zip(entries, discount(entries), strict=True)]
    return [amount * CENT for amount in entries]
