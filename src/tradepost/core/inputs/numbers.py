"""Numbers out of texts: amounts, unit prices and counts, as people, files and programs write them.

``Decimal("1_0")`` is ten, ``int("١")`` is one, and ``Decimal("NaN")`` compares with nothing: what Python takes for a number isn't
what a shop wants to store. Every door (API, forms, admin, files, query strings, commands, settings) reads numbers here.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext as _

from ..errors import Invalid
from ..money.amounts import (
    MOST_DIGITS,
    digits_message,
    exponent,
    keeps_all_digits,
    places_message,
    rounded,
)

__all__ = ["MAX_COUNT", "InvalidNumber", "read_amount", "read_count", "read_decimal", "read_unit_price"]

MAX_COUNT: Final = 2_147_483_647
"""The most that an integer column holds on every database."""
_DIGITS, _PLACES = 19, 4  # of the columns of amounts
_PLAIN = re.compile(r"-?(?:[0-9]{1,40}(?:\.[0-9]{1,40})?|\.[0-9]{1,40})")


class InvalidNumber(Invalid):
    """A text is no number of the kind that is wanted. Its facts are the value, cut short, and the bound that it breaks."""

    code = "invalid_number"


def read_decimal(
    value: object,
    *,
    attr: str = "",
    digits: int = _DIGITS,
    places: int = _PLACES,
    least: Decimal | int | None = None,
    most: Decimal | int | None = None,
    is_stored: bool = True,
) -> Decimal:
    """Read a decimal number: ASCII digits with one point at most, never rounded.

    Not read are NaN and infinity, exponents, underscores, blanks, signs of plus, and digits of other scripts. Zeros at the end
    may be more than ``places``.

    Args:
        value: A text; a number is taken as it is written (a float by its shortest text).
        attr: Name of the field, for the error.
        digits: In all, as a column has them.
        places: After the point.
        least: The least value that is allowed.
        most: The greatest value that is allowed.
        is_stored: In a column, so that it has :data:`~tradepost.core.money.amounts.MOST_DIGITS` at most, zeros around them apart.

    Raises:
        InvalidNumber: It is none, or out of bounds.
    """
    malformed = _("Enter a number, as in 1234.50.") if places else _("Enter a whole number.")
    if isinstance(value, bool) or not isinstance(value, (str, int, float, Decimal)):
        raise _invalid(malformed, value, attr)
    text = format(value, "f") if isinstance(value, Decimal) else str(value)
    if not _PLAIN.fullmatch(text):
        raise _invalid(malformed, value, attr)
    number = Decimal(text) or Decimal(0)  # never a negative zero
    if number and number.adjusted() >= digits - places:
        message = _("It has more than %(digits)s digits before the decimal point.") % {"digits": digits - places}
        raise _invalid(message, value, attr, digits=digits - places)
    if rounded(number, places) != number:
        message = _("It has more than %(places)s decimal places.") % {"places": places}
        raise _invalid(message if places else malformed, value, attr, places=places)
    if is_stored and not keeps_all_digits(number):
        raise _invalid(digits_message(), value, attr, digits=MOST_DIGITS)
    if least is not None and number < least:
        raise _invalid(_("It is less than %(least)s.") % {"least": least}, value, attr, least=str(least))
    if most is not None and number > most:
        raise _invalid(_("It is more than %(most)s.") % {"most": most}, value, attr, most=str(most))
    return rounded(number, places) if number.as_tuple().exponent < -places else number  # type: ignore[operator]


def read_amount(
    value: object, currency: str, *, attr: str = "amount", least: Decimal | int | None = 0, most: Decimal | None = None
) -> Decimal:
    """Read an amount of money, in the currency's decimals. It is never rounded.

    Args:
        value: As :func:`read_decimal` has it.
        currency: ISO 4217 code; its exponent bounds the decimal places.
        attr: Name of the field, for the error.
        least: The least amount that is allowed; ``None`` for any.
        most: The greatest amount that is allowed.

    Raises:
        InvalidNumber: It is none, out of bounds, or finer than the currency.
        Invalid: There is no such currency.
    """
    places = exponent(currency)
    number = read_decimal(value, attr=attr, least=least, most=most)
    if rounded(number, places) != number:
        raise _invalid(places_message(currency), value, attr, currency=currency, places=places)
    return rounded(number, places)


def read_unit_price(value: object, *, attr: str = "amount") -> Decimal:
    """Read the price of one unit: at least zero, with up to four decimal places whatever the currency.

    Raises:
        InvalidNumber: It is none, negative, or finer.
    """
    return read_decimal(value, attr=attr, least=0)


def read_count(value: object, *, attr: str = "quantity", least: int = 0, most: int = MAX_COUNT) -> int:
    """Read a number of units: whole (``2`` or ``2.0``), and no more than a column holds.

    Raises:
        InvalidNumber: It is none, or out of bounds.
    """
    return int(read_decimal(value, attr=attr, digits=40, places=0, least=least, most=most, is_stored=False))


def _invalid(message: str, value: object, attr: str, **facts: object) -> InvalidNumber:
    shown = value if isinstance(value, str) else repr(value)
    return InvalidNumber(message, value=shown[:40], **({"attr": attr} if attr else {}), **facts)
