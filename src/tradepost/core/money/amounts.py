"""Amounts of money: rounding, splitting, and the edge to ``moneyed.Money``.

Inside the library an amount is a ``Decimal`` in major units, beside one ISO 4217 code. ``Money`` appears at the edges only:
it is slower by far, and a row needs its currency once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import cache

from django.utils.translation import gettext as _
from moneyed import Money

from ..errors import Invalid
from .currencies import IN_USE, places_of

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

ZERO = Decimal(0)
MOST_DIGITS = 15
"""The most digits of a decimal number that each database keeps: SQLite has it as a float. Zeros around them don't count."""
# Amounts have up to 19 digits; products of an amount and a rate need more on the way.
_CONTEXT = Context(prec=50, rounding=ROUND_HALF_UP)
_MOST_ADJUSTED = 14  # columns have fifteen digits before the point


class CurrencyMismatch(Invalid):
    """Amounts of several currencies would have been mixed."""

    code = "currency_mismatch"


@cache
def _step(currency: str) -> Decimal:
    places = places_of(currency)
    if places is None:
        raise Invalid(f"{currency!r} is not an ISO 4217 currency.", currency=currency)
    return Decimal(1).scaleb(-places)


@cache
def exponent(currency: str) -> int:
    """Decimal places of a currency: 0 for JPY, 2 for EUR, 3 for KWD. A withdrawn one has its own still.

    Raises:
        Invalid: The code is not an ISO 4217 currency.
    """
    return -int(_step(currency).as_tuple().exponent)


def is_currency(code: str) -> bool:
    """Whether the code is an ISO 4217 currency that is in use: one that prices and new amounts may have."""
    return code in IN_USE


def keeps_all_digits(number: Decimal) -> bool:
    """Whether each database gives a finite decimal number back as it was stored.

    With more than :data:`MOST_DIGITS`, SQLite rounds the number, perhaps to one that its column can't have and nobody can read.
    """
    return len("".join(map(str, number.as_tuple().digits)).strip("0")) <= MOST_DIGITS


def digits_message() -> str:
    """Say what is wrong with a number that has too many digits."""
    return _("It has more than %(digits)s digits in all.") % {"digits": MOST_DIGITS}


def rounded(amount: Decimal, places: int) -> Decimal:
    """Round half up (away from zero) to a number of decimal places. The one place where the library rounds."""
    return amount.quantize(Decimal(1).scaleb(-places), context=_CONTEXT)


def quantise(amount: Decimal, currency: str) -> Decimal:
    """Round half up to the currency's smallest unit."""
    return amount.quantize(_step(currency), context=_CONTEXT)


def exact(amount: Decimal, currency: str) -> Decimal:
    """An amount that somebody named, in the currency's decimals. It is never rounded.

    Raises:
        Invalid: It isn't finite, has more decimal places than the currency, or more digits than each database keeps.
    """
    if not amount.is_finite() or amount.adjusted() > _MOST_ADJUSTED:
        raise Invalid(_("Enter a number, as in 1234.50."), attr="amount", currency=currency)
    rounded = quantise(amount, currency)
    if rounded != amount:
        raise Invalid(places_message(currency), attr="amount", currency=currency, places=exponent(currency))
    if not keeps_all_digits(amount):
        raise Invalid(digits_message(), attr="amount", currency=currency, digits=MOST_DIGITS)
    return rounded


def places_message(currency: str) -> str:
    """Say what is wrong with an amount that has too many decimal places."""
    places = exponent(currency)
    if not places:
        return _("Amounts of %(currency)s have no decimal places.") % {"currency": currency}
    return _("Amounts of %(currency)s have %(places)s decimal places at most.") % {
        "currency": currency,
        "places": places,
    }


def plain(amount: Decimal, currency: str) -> str:
    """An amount as JSON and messages have it: ``"12.50"``, ``"1500"`` for JPY."""
    return format(quantise(amount, currency), "f")


def total(amounts: Iterable[Money]) -> Money:
    """Sum of at least one amount.

    Raises:
        CurrencyMismatch: The currencies differ.
        Invalid: There is nothing to sum, so no currency either.
    """
    listed = list(amounts)
    if not listed:
        raise Invalid("A sum of no amounts has no currency.")
    codes = {money.currency.code for money in listed}
    if len(codes) > 1:
        raise CurrencyMismatch(
            f"Amounts of several currencies can't be summed: {sorted(codes)}.", currencies=sorted(codes)
        )
    return Money(sum((money.amount for money in listed), ZERO), listed[0].currency)


def allocate(
    amount: Decimal, weights: Sequence[Decimal | int], *, currency: str, caps: Sequence[Decimal] | None = None
) -> list[Decimal]:
    """Split an amount by weight, so that the parts sum to it exactly.

    By largest remainder: each part is cut to the currency's smallest unit, and the units left over go to the largest
    remainders, ties by position. Callers sort their rows by a stable key first. ``allocate(-x)`` is ``-allocate(x)``.

    Args:
        amount: In major units of ``currency``, already quantised.
        weights: Each at least zero.
        currency: ISO 4217 code; its smallest unit is the step.
        caps: The most that each part may take (at least zero); what a capped part can't take goes to the others.

    Raises:
        Invalid: ``amount`` has more places than the currency, or is greater than the sum of ``caps``, or all weights are
            zero while there is something to share.
    """
    if amount < 0:
        return [-part for part in allocate(-amount, weights, currency=currency, caps=caps)]
    step = _step(currency)
    units = amount / step
    if units != units.to_integral_value():
        raise Invalid(f"{amount} has more decimal places than {currency} has.", amount=str(amount), currency=currency)
    limits = None if caps is None else [int(cap / step) for cap in caps]
    if any(weight < 0 for weight in weights) or (limits and min(limits) < 0):
        raise Invalid("Weights and caps of an allocation are at least zero.")
    return [_CONTEXT.multiply(step, Decimal(part)) for part in _allocate_units(int(units), weights, limits)]


def portions(amount: Decimal, count: int, *, currency: str) -> list[tuple[Decimal, int]]:
    """Split an amount into equal parts, as :func:`allocate` does, without a list as long as there are parts.

    Args:
        amount: At least zero, in major units of ``currency``, already quantised.

    Returns:
        Each different part with how many there are of it, the smaller one first; two at most.
    """
    step = _step(currency)
    share, more = divmod(int(amount / step), count)
    sizes = [(share, count - more), (share + 1, more)]
    return [(_CONTEXT.multiply(step, Decimal(size)), number) for size, number in sizes if number]


def _allocate_units(units: int, weights: Sequence[Decimal | int], caps: list[int] | None) -> list[int]:
    parts = [0] * len(weights)
    if units == 0:
        return parts
    if caps is not None and units > sum(caps):
        raise Invalid("More is to be shared than the parts can take.", units=units, most=sum(caps))
    scale = -min([0, *(int(Decimal(w).as_tuple().exponent) for w in weights)])
    whole = [int(Decimal(weight).scaleb(scale)) for weight in weights]
    free = [i for i, weight in enumerate(whole) if weight and (caps is None or caps[i])]
    if not free:
        if caps is None or not any(caps):
            raise Invalid("Nothing can be shared: all weights are zero.", units=units)
        whole, free = list(caps), [i for i, cap in enumerate(caps) if cap]
    while units and free:
        shares = _largest_remainder(units, [whole[i] for i in free])
        over = [i for i, share in zip(free, shares, strict=True) if caps is not None and share > caps[i] - parts[i]]
        if not over:
            for i, share in zip(free, shares, strict=True):
                parts[i] += share
            return parts
        for i in over:  # a part that would overflow is filled; the rest is shared again among the others
            assert caps is not None
            units -= caps[i] - parts[i]
            parts[i] = caps[i]
        free = [i for i in free if i not in over]
    if units:  # only parts of weight zero have room left: fill them in order
        assert caps is not None
        for i, cap in enumerate(caps):
            take = min(units, cap - parts[i])
            parts[i], units = parts[i] + take, units - take
    return parts


def _largest_remainder(units: int, weights: list[int]) -> list[int]:
    whole = sum(weights)
    shares = [divmod(units * weight, whole) for weight in weights]
    parts = [share for share, _ in shares]
    by_remainder = sorted(range(len(weights)), key=lambda i: (-shares[i][1], i))
    for i in by_remainder[: units - sum(parts)]:
        parts[i] += 1
    return parts
