"""Razorpay's smallest units; paise for rupees."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _

from tradepost.core.errors import Invalid
from tradepost.core.money import exponent
from tradepost.core.money.format import money_text
from tradepost.payments.interface import (
    Misconfigured,
    Price,
    Rejected,
)

__all__ = ["from_units", "units"]

_PLACES = {"JPY": 0, "BHD": 3, "KWD": 3, "OMR": 3}
_STEP = {"BHD": 10, "KWD": 10, "OMR": 10}  # the third place must be 0
_LEAST = {"INR": 100}


def _places(currency: str, chosen: Mapping[str, int]) -> int:
    if currency in chosen:
        return chosen[currency]
    if currency in _PLACES:
        return _PLACES[currency]
    try:
        clear = exponent(currency) == 2
    except Invalid:
        clear = False
    if not clear:
        raise Misconfigured(f'How many decimal places has {currency} at Razorpay? Say so by the option "places".')
    return 2


def units(price: Price, chosen: Mapping[str, int]) -> int:
    """An amount as the whole number that Razorpay takes.

    Args:
        price: In major units.
        chosen: Decimal places by currency as the project says, which count before the table.

    Raises:
        Rejected: It can't be said exactly in Razorpay's units (it is never rounded), or is too small.
        Misconfigured: Neither Razorpay's documents nor the project say how many places the currency has.
    """
    minor = price.minor(_places(price.currency, chosen))
    if minor % _STEP.get(price.currency, 1):
        problem = f"{price.amount} {price.currency} has more decimal places than Razorpay takes."
        raise Rejected("amount_precision", problem)
    least = _LEAST.get(price.currency, 1)
    if minor < least:
        smallest = from_units(least, price.currency, chosen).amount
        problem = _("Only for amounts of %(amount)s or more.") % {"amount": money_text(smallest, price.currency)}
        raise Rejected("amount_too_small", problem)
    return minor


def from_units(number: int, currency: str, chosen: Mapping[str, int]) -> Price:
    """An amount of Razorpay's in major units."""
    return Price.from_minor(number, currency, _places(currency.upper(), chosen))
