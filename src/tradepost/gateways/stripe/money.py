"""Stripe's smallest units. They differ from ISO 4217's for some currencies, so Stripe has a table of its own."""

from __future__ import annotations

from collections.abc import Mapping

from tradepost.core.errors import Invalid
from tradepost.core.money import exponent
from tradepost.payments.interface import (
    Misconfigured,
    Price,
    Rejected,
)

__all__ = ["from_units", "places", "units"]

_ZERO = frozenset(
    {"BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF"}
)
_THREE = frozenset({"BHD", "JOD", "KWD", "OMR", "TND"})
# Units that an amount must be a multiple of: ISK keeps two places that mean nothing, others a third one.
_STEP = {"ISK": 100, **dict.fromkeys(_THREE, 10)}


def places(currency: str, chosen: Mapping[str, int]) -> int:
    """Decimal places of a currency at Stripe.

    Args:
        currency: ISO 4217 code.
        chosen: What the project says, which counts before the table.

    Raises:
        Misconfigured: Neither Stripe's documents nor the project say it clearly (UGX is told to have none and two).
    """
    if currency in chosen:
        return chosen[currency]
    if currency in _ZERO:
        return 0
    if currency in _THREE:
        return 3
    try:
        clear = currency == "ISK" or exponent(currency) == 2
    except Invalid:
        clear = False
    if not clear:
        raise Misconfigured(f'How many decimal places has {currency} at Stripe? Say so by the option "places".')
    return 2


def units(price: Price, chosen: Mapping[str, int]) -> int:
    """An amount as the whole number that Stripe takes.

    Raises:
        Rejected: It can't be said exactly in Stripe's units; it is never rounded.
        Misconfigured: See :func:`places`.
    """
    minor = price.minor(places(price.currency, chosen))
    if minor % _STEP.get(price.currency, 1):
        raise Rejected(
            "amount_precision", f"{price.amount} {price.currency} has more decimal places than Stripe takes."
        )
    return minor


def from_units(number: int, currency: str, chosen: Mapping[str, int]) -> Price:
    """An amount of Stripe's in major units."""
    code = currency.upper()
    return Price.from_minor(number, code, places(code, chosen))
