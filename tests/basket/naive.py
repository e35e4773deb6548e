"""A second calculation of whole baskets, written to be obvious and slow: cents are whole numbers, everything else is a fraction.

It shares no code with the library. An amount is a whole number of the currency's smallest units, a line a place in a list.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

Discount = Callable[["Basket", list[int]], list[int]]
"""From what is left of each line to what is taken off each, which may be more than there is."""
Rates = tuple[tuple[Fraction, bool], ...]
"""Each tax as a part of one, and whether it is on the amount with those before it."""


@dataclass
class Line:
    """So many units at a price, in the smallest unit (which may have a fraction)."""

    price: Fraction
    quantity: int
    tax_class: str = "standard"
    is_hat: bool = False
    is_discountable: bool = True
    is_shipped: bool = True


@dataclass
class Taxes:
    """Rates and regime by which rows are taxed."""

    here: dict[str, Rates]
    home: dict[str, Rates]
    rounding: str = "line"
    untaxed: bool = False
    keep_net: bool = False


@dataclass
class Basket:
    """Lines in the order of their SKUs, discounts by stage, charges by key with their tax class."""

    lines: list[Line]
    includes_tax: bool = True
    of_lines: list[Discount] = field(default_factory=list)
    of_order: list[Discount] = field(default_factory=list)
    of_shipping: list[Callable[[int], int]] = field(default_factory=list)
    shipping: Fraction = Fraction(0)
    shipping_class: str = ""
    fee: Fraction | None = None
    fee_class: str = ""
    taxes: Taxes | None = None


@dataclass
class Sum:
    """A row of the outcome."""

    key: str
    net: int
    taxes: list[int]

    @property
    def total(self) -> int:
        """With all taxes."""
        return self.net + sum(self.taxes)


def whole(amount: Fraction) -> int:
    """The nearest whole number, halves up; of nothing below zero."""
    return int((amount + Fraction(1, 2)) // 1)


def split(total: int, weights: Sequence[Fraction | int]) -> list[int]:
    """Each its part rounded down, and what is left over one by one to the largest remainders, of equal ones to the first."""
    if total == 0:
        return [0] * len(weights)
    exact = [Fraction(total) * weight / sum(weights) for weight in weights]
    parts = [int(part // 1) for part in exact]
    order = sorted(range(len(weights)), key=lambda place: (parts[place] - exact[place], place))
    for place in order[: total - sum(parts)]:
        parts[place] += 1
    return parts


# --- discounts --------------------------------------------------------------------------------------------------------


@dataclass
class Unit:
    """One single thing on the table."""

    value: int
    line: int


def table(basket: Basket, rest: Sequence[int], lines: Iterable[int]) -> list[Unit]:
    """Every single unit of some lines with what is left of it, the cheapest first."""
    units = [Unit(value, n) for n in lines for value in split(rest[n], [1] * basket.lines[n].quantity)]
    return sorted(units, key=lambda unit: (unit.value, unit.line))


def covered(basket: Basket, hats: bool, *, discountable: bool = True) -> list[int]:
    """Lines that a discount is for: all, or hats alone."""
    return [
        n
        for n, line in enumerate(basket.lines)
        if (line.is_hat or not hats) and (line.is_discountable or not discountable)
    ]


def summed(units: Iterable[Unit], number: int) -> list[int]:
    """The worth of units, by line."""
    sums = [0] * number
    for unit in units:
        sums[unit.line] += unit.value
    return sums


def shared(off: int, weights: Sequence[int]) -> list[int]:
    """An amount by weight, of which nobody gets more than their weight."""
    return split(min(off, sum(weights)), weights) if off > 0 and any(weights) else [0] * len(weights)


def percentage(percent: Fraction, *, order: bool, hats: bool = False, units: int | None = None) -> Discount:
    """So many percent of each line or of the whole, or of the cheapest units."""

    def discount(basket: Basket, rest: list[int]) -> list[int]:
        lines = covered(basket, hats)
        if units is None:
            parts = [amount if n in lines else 0 for n, amount in enumerate(rest)]
        else:
            parts = summed(table(basket, rest, lines)[:units], len(rest))
        if order:
            return shared(whole(sum(parts) * percent / 100), parts)
        return [whole(part * percent / 100) for part in parts]

    return discount


def amount_off(amount: Fraction, *, order: bool, hats: bool = False) -> Discount:
    """So much off each line, or off the whole."""

    def discount(basket: Basket, rest: list[int]) -> list[int]:
        lines = covered(basket, hats)
        if order:
            return shared(whole(amount), [rest[n] if n in lines else 0 for n in range(len(rest))])
        return [whole(amount) if n in lines else 0 for n in range(len(rest))]

    return discount


def fixed_price(amount: Fraction, *, hats: bool = False) -> Discount:
    """Each unit for so much."""

    def discount(basket: Basket, rest: list[int]) -> list[int]:
        lines = covered(basket, hats)
        return [
            max(0, rest[n] - whole(amount * basket.lines[n].quantity)) if n in lines else 0 for n in range(len(rest))
        ]

    return discount


def bundle(size: int, amount: Fraction, *, hats: bool = False) -> Discount:
    """The dearest units, so many for one price, as long as that is less."""

    def discount(basket: Basket, rest: list[int]) -> list[int]:
        dearest = table(basket, rest, covered(basket, hats))[::-1]
        off, bundled = 0, list[Unit]()
        while len(dearest) >= size:
            taken, dearest = dearest[:size], dearest[size:]
            if sum(unit.value for unit in taken) <= whole(amount):
                break
            off += sum(unit.value for unit in taken) - whole(amount)
            bundled += taken
        return shared(off, summed(bundled, len(rest)))

    return discount


def cheapest_free(size: int, uses: int | None = None, *, hats: bool = False) -> Discount:
    """Of every so many the cheapest."""

    def discount(basket: Basket, rest: list[int]) -> list[int]:
        units = table(basket, rest, covered(basket, hats))
        free = len(units) // size
        return summed(units[: free if uses is None else min(free, uses)], len(rest))

    return discount


def buy_get(
    buy: int, get: int, percent: Fraction, uses: int | None = None, *, hats: bool = False, bought: bool | None = None
) -> Discount:
    """The most of the cheapest units that the others, which are paid for, suffice for. ``bought``: hats, all, or the same."""

    def discount(basket: Basket, rest: list[int]) -> list[int]:
        everything = table(basket, rest, range(len(rest)))
        offered = [unit for unit in everything if unit.line in covered(basket, hats)]
        paying = covered(basket, hats if bought is None else bought, discountable=False)
        most = len(offered) if uses is None else min(len(offered), uses * get)
        for number in range(most, 0, -1):
            got = offered[:number]
            others = [unit for unit in everything if unit.line in paying and not any(unit is entry for entry in got)]
            if len(others) >= -(-number // get) * buy:
                return [whole(worth * percent / 100) for worth in summed(got, len(rest))]
        return [0] * len(rest)

    return discount


def gift(number: int, *, hats: bool = False) -> Discount:
    """So many of the cheapest."""
    return lambda basket, rest: summed(table(basket, rest, covered(basket, hats))[:number], len(rest))


def tiered(tiers: Sequence[tuple[Fraction, Fraction]], *, order: bool, by_worth: bool, hats: bool = False) -> Discount:
    """The highest percentage among the tiers that are reached, by units or by worth before discounts."""

    def discount(basket: Basket, rest: list[int]) -> list[int]:
        lines = [basket.lines[n] for n in covered(basket, hats)]
        size = sum(whole(line.price * line.quantity) if by_worth else line.quantity for line in lines)
        reached = max((percent for start, percent in tiers if start <= size), default=Fraction(0))
        return percentage(reached, order=order, hats=hats)(basket, rest)

    return discount


# --- taxes ------------------------------------------------------------------------------------------------------------


@dataclass
class Part:
    """So much of a row, taxed by one set of rates; ``out`` comes out of it first."""

    key: str
    amount: int
    rates: Rates
    out: Rates | None
    units: int = 1
    net: int = 0
    taxes: list[int] = field(default_factory=list)


def factors(rates: Rates) -> list[Fraction]:
    """Each tax of one without tax."""
    entries: list[Fraction] = []
    for rate, compound in rates:
        entries.append(rate * (1 + sum(entries)) if compound else rate)
    return entries


def taxed(amount: int, rates: Rates, out: Rates | None, *, includes_tax: bool) -> tuple[int, list[int]]:
    """Net and taxes of an amount."""
    if includes_tax and out is None:
        net = whole(Fraction(amount) / (1 + sum(factors(rates))))
        return net, split(amount - net, factors(rates))
    net = whole(Fraction(amount) / (1 + sum(factors(out or ())))) if includes_tax else amount
    return net, [whole(net * factor) for factor in factors(rates)]


def regime(tax_class: str, taxes: Taxes) -> tuple[Rates, Rates | None]:
    """The amount due, and the one that is calculated first."""
    home = taxes.home.get(tax_class, ())
    if taxes.untaxed:
        return (), home
    here = taxes.here.get(tax_class, ())
    return here, home if taxes.keep_net and here != home else None


def parts_of(rows: list[tuple[str, int, str, int]], lines: list[tuple[int, int, str]], taxes: Taxes) -> list[Part]:
    """Rows in their order; a charge without a class is as the goods are, in proportion to what is (or would be) paid for them."""
    entries = []
    for key, amount, tax_class, units in rows:
        if tax_class:
            entries.append(Part(key, amount, *regime(tax_class, taxes), units))
            continue
        weights: dict[tuple[Rates, Rates | None], int] = {}
        given_away = not any(rest for rest, _gross, _class in lines)
        for remaining, gross, cls in sorted(lines, key=lambda line: line[2]):
            kind = regime(cls, taxes)
            weights[kind] = weights.get(kind, 0) + (gross if given_away else remaining)
        if not any(weights.values()):
            weights = {regime("standard", taxes): 1}
        entries += [
            Part(key, share, *kind) for kind, share in zip(weights, split(amount, list(weights.values())), strict=True)
        ]
    return entries


def tax(parts: list[Part], taxes: Taxes, *, includes_tax: bool) -> None:
    """By unit, by line, or over all parts of the same rates, whose tax is shared by amount."""
    if taxes.rounding != "order":
        for part in parts:
            units = split(part.amount, [1] * part.units) if taxes.rounding == "unit" else [part.amount]
            entries = [taxed(unit, part.rates, part.out, includes_tax=includes_tax) for unit in units]
            part.net = sum(net for net, _taxes in entries)
            part.taxes = [sum(column) for column in zip(*(row for _net, row in entries), strict=True)]
        return
    for kind in {(part.rates, part.out) for part in parts}:
        group = [part for part in parts if (part.rates, part.out) == kind]
        amounts = [part.amount for part in group]
        net, whole_taxes = taxed(sum(amounts), *kind, includes_tax=includes_tax)
        nets, shares = split(net, amounts), [split(amount, amounts) for amount in whole_taxes]
        for place, part in enumerate(group):
            part.taxes = [share[place] for share in shares]
            part.net = part.amount - sum(part.taxes) if includes_tax and kind[1] is None else nets[place]


# --- all of it --------------------------------------------------------------------------------------------------------


def calculate(basket: Basket, keys: Sequence[str]) -> list[Sum]:
    """All rows: lines, then the fee and the delivery, under the keys that the library gives them.

    Where nothing is to be paid, a way to pay costs nothing.
    """
    gross = [whole(line.price * line.quantity) for line in basket.lines]
    entries = list(gross)
    for discount in [*basket.of_lines, *basket.of_order]:
        entries = [amount - min(amount, off) for amount, off in zip(entries, discount(basket, entries), strict=True)]
    rows = [
        (key, amount, line.tax_class, line.quantity)
        for key, amount, line in zip(keys, entries, basket.lines, strict=True)
    ]
    charges = []
    if any(line.is_shipped for line in basket.lines):
        cost = whole(basket.shipping)
        for off in basket.of_shipping:
            cost -= min(cost, max(0, off(cost)))
        charges.append(("shipping:", cost, basket.shipping_class, 1))
    if basket.fee is not None and sum(entries) + sum(cost for _key, cost, _class, _units in charges) > 0:
        charges.append(("fee:cod", whole(basket.fee), basket.fee_class, 1))
    rows += sorted(charges)
    if basket.taxes is None:
        return [Sum(key, amount, []) for key, amount, _class, _units in rows]
    classes = [(n, g, line.tax_class) for n, g, line in zip(entries, gross, basket.lines, strict=True)]
    parts = parts_of(rows, classes, basket.taxes)
    tax(parts, basket.taxes, includes_tax=basket.includes_tax)
    return [
        Sum(
            key,
            sum(part.net for part in parts if part.key == key),
            [amount for part in parts if part.key == key for amount in part.taxes],
        )
        for key, *_row in rows
    ]
