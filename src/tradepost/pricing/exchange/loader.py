"""Loading exchange rates from the configured source."""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import cast

from tradepost.core import db
from tradepost.core.conf import instance
from tradepost.core.dates import clock
from tradepost.core.events import publish
from tradepost.core.money import MOST_DIGITS, rounded

from ..conf import settings
from ..errors import RatesUnavailable
from ..events import RatesLoaded, RatesNotLoaded
from ..models import ExchangeRate, PriceList
from ..prices.conversion import convert_all
from .ports import RateSource
from .sources import PLACES, positive

__all__ = ["LoadedRates", "load_rates", "rates_on_file"]

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedRates:
    """The outcome of loading rates, by currency; each is in units of the shop's own.

    Attributes:
        before: What was on file.
        stored: New ones.
        same: Those that are on file already.
        refused: Those that jumped further than ``RATE_JUMP``; what is on file stays.
        unknown: Currencies that the source doesn't know.
        converted: Variants whose converted prices changed.
    """

    before: Mapping[str, Decimal] = field(default_factory=dict)
    stored: Mapping[str, Decimal] = field(default_factory=dict)
    same: Mapping[str, Decimal] = field(default_factory=dict)
    refused: Mapping[str, Decimal] = field(default_factory=dict)
    unknown: tuple[str, ...] = ()
    converted: int = 0


def load_rates(*, force: bool = False) -> LoadedRates:
    """Ask the configured source for rates of all currencies of the shop, store what is new, and convert prices by it.

    The source is asked outside any transaction. Whatever goes wrong, the rates on file stay, the log has a warning, and there is
    an event.

    Args:
        force: Store rates that jumped, too.

    Raises:
        RatesUnavailable: The source gave no answer, or none that can be right; nothing was stored.
    """
    db.outside("load_rates()")
    base, currencies = settings().CURRENCY, _wanted()
    if not currencies:
        return LoadedRates()
    try:
        answer = _answer(base, currencies)
    except RatesUnavailable as error:
        logger.warning("Exchange rates weren't loaded: %s", error)
        _tell(RatesNotLoaded(base, sorted(currencies), error.code))
        raise
    loaded = _store(base, currencies, answer, force=force)
    if loaded.refused:
        logger.warning("Exchange rates jumped and weren't stored: %s", ", ".join(sorted(loaded.refused)))
    converted = convert_all() if loaded.stored else 0
    return LoadedRates(
        before=loaded.before,
        stored=loaded.stored,
        same=loaded.same,
        refused=loaded.refused,
        unknown=loaded.unknown,
        converted=converted,
    )


def rates_on_file() -> dict[str, ExchangeRate]:
    """The rate that counts now, by currency."""
    rows = ExchangeRate.objects.filter(base=settings().CURRENCY, valid_from__lte=clock.now()).order_by(
        "valid_from", "pk"
    )
    return {row.currency: row for row in rows}


def _wanted() -> set[str]:
    """The currencies that buyers may choose and that price lists are in, but for the shop's own."""
    listed = PriceList.objects.order_by().values_list("currency", flat=True).distinct()
    return {*settings().CURRENCIES, *listed} - {settings().CURRENCY}


def _answer(base: str, currencies: Collection[str]) -> dict[str, Decimal]:
    """Read the source's answer, strictly."""
    source = cast("RateSource", instance(settings().RATES))
    answer = dict(source.rates(base, sorted(currencies)))
    for currency, rate in answer.items():
        if not isinstance(rate, Decimal) or positive(rate) is None:
            raise RatesUnavailable(f"{currency}: {rate!r} isn't a rate.", currency=currency)
    return {currency: _as_stored(rate) for currency, rate in answer.items() if currency in currencies}


def _as_stored(rate: Decimal) -> Decimal:
    """With as many decimals as the column and each database keep: fewer for great rates."""
    return rounded(rate, min(PLACES, MOST_DIGITS - 1 - rate.adjusted()))


@db.atomic
def _store(base: str, currencies: set[str], answer: Mapping[str, Decimal], *, force: bool) -> LoadedRates:
    before = {currency: row.rate for currency, row in rates_on_file().items() if currency in currencies}
    same = {currency: rate for currency, rate in answer.items() if before.get(currency) == rate}
    jumped = {
        currency: rate
        for currency, rate in answer.items()
        if not force and currency in before and abs(rate / before[currency] - 1) > settings().RATE_JUMP
    }
    stored = {currency: rate for currency, rate in answer.items() if currency not in same and currency not in jumped}
    now = clock.now()
    ExchangeRate.objects.bulk_create(
        ExchangeRate(base=base, currency=currency, rate=rate, valid_from=now) for currency, rate in stored.items()
    )
    if stored:
        publish(RatesLoaded(base, sorted(stored)))
    if jumped:
        publish(RatesNotLoaded(base, sorted(jumped), "rate_jump"))
    unknown = tuple(sorted(currencies - answer.keys()))
    return LoadedRates(before=before, stored=stored, same=same, refused=jumped, unknown=unknown)


@db.atomic
def _tell(event: RatesNotLoaded) -> None:
    publish(event)
