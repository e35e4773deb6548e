"""Sources of exchange rates: fixed ones, and the European Central Bank's."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any
from xml.etree import ElementTree

from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from tradepost.core.inputs.numbers import InvalidNumber, read_decimal
from tradepost.core.money import is_currency, rounded

from ..errors import RatesUnavailable

__all__ = ["PLACES", "EuropeanCentralBank", "FixedRates", "positive"]

PLACES = 10
"""Decimals of a rate on file."""
_DAILY = "/stats/eurofxref/eurofxref-daily.xml"
_CUBE = "{http://www.ecb.int/vocabulary/2002-08-01/eurofxref}Cube"
_MOST_PLACES = 30  # that a source may write
_MOST = 256 * 1024  # bytes; the file has two thousand


def positive(value: Any) -> Decimal | None:
    """A rate out of a text or a number that isn't a float; ``None`` where it is none, or too small to be stored."""
    if not isinstance(value, (str, int, Decimal)):
        return None
    try:
        rate = read_decimal(value, digits=9 + _MOST_PLACES, places=_MOST_PLACES, least=0, is_stored=False)
    except InvalidNumber:
        return None
    return rate if rounded(rate, PLACES) else None


class FixedRates:
    """Rates that stand in the settings.

    Args:
        rates: Units of the shop's own currency for one unit of each, as texts: ``{"USD": "0.92"}``.
    """

    def __init__(self, rates: Mapping[str, Any] | None = None) -> None:
        self._rates: dict[str, Decimal] = {}
        for currency, value in (rates or {}).items():
            rate = positive(value)
            if rate is None or not is_currency(currency):
                raise ImproperlyConfigured(f'{currency!r}: {value!r} is not a rate; write {{"USD": "0.92"}}.')
            self._rates[currency] = rate

    def rates(self, base: str, currencies: Collection[str]) -> Mapping[str, Decimal]:
        """Those of the currencies that are in the settings."""
        return {currency: self._rates[currency] for currency in currencies if currency in self._rates}


class EuropeanCentralBank:
    """Euro reference rates, published on working days at about 16:00 Central European Time; some 30 currencies.

    A shop whose own currency isn't the euro gets cross rates.

    Args:
        base_url: Of the bank's site.
        timeout: Seconds to connect, and between two reads.
    """

    def __init__(self, base_url: str = "https://www.ecb.europa.eu", timeout: int | float = 10) -> None:  # seconds
        self._url = base_url.rstrip("/") + _DAILY
        self._timeout = timeout

    def rates(self, base: str, currencies: Collection[str]) -> Mapping[str, Decimal]:
        """Cross rates by way of the euro.

        Raises:
            RatesUnavailable: No answer in time, another one than the daily file, or one without the base.
        """
        per_euro = {"EUR": Decimal(1), **_read(self._fetch())}
        if base not in per_euro:
            message = _("The European Central Bank has no rate of %(currency)s.") % {"currency": base}
            raise RatesUnavailable(message, currency=base)
        return {
            currency: rounded(per_euro[base] / per_euro[currency], PLACES)
            for currency in currencies
            if currency in per_euro
        }

    def _fetch(self) -> bytes:
        import requests  # who keeps rates by hand needs it not

        body = b""
        try:
            with requests.get(self._url, timeout=self._timeout, stream=True, allow_redirects=False) as answer:
                status = answer.status_code
                for part in answer.iter_content(16 * 1024):
                    body += part
                    if len(body) > _MOST:
                        raise _unavailable("too long")
        except requests.RequestException as error:
            raise _unavailable(type(error).__name__) from None
        if status != 200:
            raise _unavailable(f"HTTP {status}")
        return body


def _unavailable(why: str) -> RatesUnavailable:
    return RatesUnavailable(_("The European Central Bank gave no rates: %(why)s.") % {"why": why}, why=why)


def _read(body: bytes) -> dict[str, Decimal]:
    """Units of each currency for one euro, out of the daily file."""
    if b"<!" in body.replace(b"<!--", b""):  # a document type, and what could be hidden in it
        raise _unavailable("unexpected XML")
    try:
        root = ElementTree.fromstring(body)  # noqa: S314 - without a document type there are no entities to expand
    except ElementTree.ParseError:
        raise _unavailable("no XML") from None
    by_currency: dict[str, Decimal] = {}
    for cube in root.iter(_CUBE):
        if (currency := cube.get("currency")) is not None:
            rate = positive(cube.get("rate"))
            if rate is None or currency in by_currency:
                raise _unavailable(f"{currency}: {cube.get('rate')!r}")
            by_currency[currency] = rate
    if not by_currency:
        raise _unavailable("no rates")
    return by_currency
