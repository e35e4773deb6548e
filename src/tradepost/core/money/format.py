"""Money as people read it: symbol and grouping of their language, digits of our own table.

CLDR's digits aren't those of ISO 4217: by them 598.50 HUF would read "HUF 599", while 598.50 are charged. So Babel gives the
pattern, and :func:`tradepost.core.money.exponent` the decimal places.
"""

from __future__ import annotations

from copy import copy
from decimal import Decimal
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.numbers import NumberPattern
from django.utils import translation
from django.utils.functional import lazy

from ..errors import Invalid
from ..inputs.numbers import read_decimal
from .amounts import exponent, quantise

__all__ = ["fact_text", "locale_of", "money_text", "times_text"]

_UNIT_PRICE_PLACES = 4
_AMOUNTS = frozenset({"amount", "credit", "due", "paid"})
_MAYBE_AMOUNTS = frozenset({"expected", "told"})


@lru_cache(maxsize=64)
def locale_of(language: str | None) -> Locale:
    """Babel's locale of a language code of Django's; English where Babel has none."""
    for code in (language or "en", (language or "en").partition("-")[0]):
        try:
            return Locale.parse(translation.to_locale(code))
        except (UnknownLocaleError, ValueError):
            continue
    return Locale("en")


@lru_cache(maxsize=256)
def _pattern(language: str | None, places: int) -> NumberPattern:
    pattern: NumberPattern = copy(locale_of(language).currency_formats["standard"])
    pattern.frac_prec = (places, places)
    return pattern


def money_text(amount: Decimal, currency: str, *, exact: bool = False) -> str:
    """An amount in the notation of the active language: ``€1,234.50``, ``598,50 HUF``.

    Args:
        amount: In major units.
        currency: ISO 4217 code; its exponent says how many decimals are shown.
        exact: Show up to four decimals where the amount has them, as unit prices do.
    """
    places = exponent(currency)
    shown = quantise(amount, currency)
    if exact and shown != amount:
        shown = amount.quantize(Decimal(1).scaleb(-_UNIT_PRICE_PLACES)).normalize()
        places = max(places, -int(shown.as_tuple().exponent))
    language = translation.get_language()
    text = _pattern(language, places).apply(shown, locale_of(language), currency=currency, currency_digits=False)
    return str(text)


def fact_text(name: str, value: object, currency: str) -> object:
    """A fact of a history or a worklist as people read it: amounts, which are kept as plain text, become money."""
    is_amount = name in _AMOUNTS or (name in _MAYBE_AMOUNTS and "." in str(value))  # else it may be a reference
    if not is_amount or not currency:
        return value
    try:
        return money_text(read_decimal(value, is_stored=False), currency)
    except Invalid:
        return value


def _times(quantity: int, unit_price: Decimal, currency: str) -> str:
    return f"{quantity} × {money_text(unit_price, currency, exact=True)}"


times_text = lazy(_times, str)
"""Units by what each costs, ``80 × €0.0125``; lazy, for every calculation says it and few are read."""
