"""Asking carriers: outside any transaction, once for all processes, and not again for a minute after one failed."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from decimal import Decimal
from hashlib import sha256
from typing import Any, TypeAlias

from tradepost.core import db
from tradepost.core.dates import clock
from tradepost.core.money import is_currency

from . import conf
from .errors import CarrierUnavailable
from .models import CarrierQuote
from .ports import CarrierParcel, CarrierRate, CarrierRequest, Destination, Parcel

__all__ = ["Answer", "Answers", "Wanted", "answers", "clear_old", "key_of", "request_of"]

logger = logging.getLogger(__name__)
_RETRY_AFTER = timedelta(minutes=1)
_FAILURE = 300  # characters of the column
_MOST_DAYS = 1000


@dataclass(frozen=True, slots=True)
class Answer:
    """Rates of a carrier; ``None`` where there are none, and then whether it was asked in vain."""

    rates: Sequence[CarrierRate] | None
    is_down: bool = False


Wanted: TypeAlias = tuple[str, CarrierRequest]
Answers: TypeAlias = Mapping[Wanted, Answer]


def request_of(parcels: Sequence[Parcel], destination: Destination, currency: str) -> CarrierRequest:
    """Build the request to a carrier: the parcels in an order of their own, so that the same goods ask the same."""
    sizes = [CarrierParcel(weight=p.weight, longest=p.longest, girth=p.girth, volume=p.volume) for p in parcels]
    place = Destination(
        destination.country.strip().upper(), destination.region.strip(), destination.postcode.strip().upper()
    )
    ordered = sorted(sizes, key=lambda size: (size.weight, size.longest, size.girth, size.volume))
    return CarrierRequest(destination=place, currency=currency, parcels=tuple(ordered))


def key_of(carrier: str, request: CarrierRequest) -> str:
    """The name of a request, the same in every process."""
    text = json.dumps(asdict(request), sort_keys=True, separators=(",", ":"))
    return f"{carrier}:{sha256(text.encode()).hexdigest()}"


def answers(questions: Iterable[Wanted]) -> Answers:
    """Answer requests to carriers: by one query where all is kept.

    Inside a transaction only what is kept counts, expired or not for as long as ``RATES_GRACE``. Outside of one, carriers are
    asked for what isn't fresh; what they say is written down, and so is that one gave no answer.
    """
    asked = list(dict.fromkeys(questions))
    if not asked:
        return {}
    keys = {question: key_of(*question) for question in asked}
    rows = {
        row.key: row
        for row in CarrierQuote.objects.filter(key__in=[*keys.values(), *{question[0] for question in asked}])
    }
    if not db.inside():
        for question, key in keys.items():
            _refresh(rows, question, key)
    return {question: _answer(rows, question[0], key) for question, key in keys.items()}


def _refresh(rows: dict[str, Any], question: Wanted, key: str) -> None:
    """Ask, where what is kept isn't fresh and the carrier hasn't just failed."""
    carrier, request = question
    now = clock.now()
    if any(row is not None and row.is_fresh(now) for row in (rows.get(key), rows.get(carrier))):
        return
    try:
        rates = list(_read(conf.carrier(carrier).rates(request)))
    except CarrierUnavailable as error:
        logger.warning("Carrier %s gives no answer: %s", carrier, error)
        rows[carrier] = _keep(carrier, carrier, failure=str(error))
    except Exception as error:
        logger.exception("Carrier %s failed", carrier)
        rows[carrier] = _keep(carrier, carrier, failure=f"{type(error).__name__}: {error}")
    else:
        rows[key] = _keep(key, carrier, rates=rates)


@db.atomic
def _keep(key: str, carrier: str, *, rates: Sequence[CarrierRate] = (), failure: str = "") -> CarrierQuote:
    now = clock.now()
    values = {
        "carrier": carrier,
        "rates": [{**asdict(rate), "amount": str(rate.amount)} for rate in rates],
        "failure": failure[:_FAILURE].replace("\x00", ""),
        "fetched_at": now,
        "expires_at": now + (_RETRY_AFTER if failure else conf.settings().RATES_KEPT),
    }
    return CarrierQuote.objects.update_or_create(key=key, defaults=values)[0]


def _read(rates: Sequence[CarrierRate]) -> Iterator[CarrierRate]:
    """Rates that can be calculated with.

    Raises:
        CarrierUnavailable: One can't.
    """
    for rate in rates:
        days = [day for day in (rate.min_days, rate.max_days) if day is not None]
        good = isinstance(rate.amount, Decimal) and rate.amount.is_finite() and rate.amount >= 0
        if not good or not is_currency(rate.currency) or not all(0 <= day <= _MOST_DAYS for day in days):
            raise CarrierUnavailable(f"It answers {rate!r}, which isn't a rate.")
        yield rate


def _answer(rows: Mapping[str, Any], carrier: str, key: str) -> Answer:
    now, grace = clock.now(), conf.settings().RATES_GRACE
    row, failure = rows.get(key), rows.get(carrier)
    if row is not None and row.is_kept(now, grace):
        return Answer([CarrierRate(**{**rate, "amount": Decimal(rate["amount"])}) for rate in row.rates])
    return Answer(None, is_down=failure is not None and failure.is_kept(now, grace))


def clear_old(*, limit: int = 5000) -> int:
    """Delete answers that don't count any more; returns how many.

    Args:
        limit: At most so many at once.
    """
    ended = CarrierQuote.objects.filter(expires_at__lt=clock.now() - conf.settings().RATES_GRACE)
    old = list(ended.order_by("pk").values_list("pk", flat=True)[:limit])
    return CarrierQuote.objects.filter(pk__in=old).delete()[0]
