"""Exchange rates as staff write them."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from tradepost.core import db
from tradepost.core.dates import clock
from tradepost.core.db.row_values import write_values
from tradepost.core.errors import Invalid
from tradepost.core.events import publish

from ..base import AbstractExchangeRate
from ..conf import settings
from ..events import RatesLoaded
from ..models import ExchangeRate
from ..prices.conversion import convert_all

__all__ = ["remove_exchange_rate", "set_exchange_rate"]


def set_exchange_rate(currency: str, rate: Decimal, *, valid_from: datetime | None = None) -> AbstractExchangeRate:
    """Set what one unit of a currency is worth in the shop's own from a moment on, and convert prices by it if it holds already.

    Prices are converted after the rate is stored, in a transaction for each list that follows another.

    Args:
        currency: ISO 4217, another one than the shop's.
        rate: Units of the shop's own currency for one unit.
        valid_from: Now, where it isn't given. The rate of the same moment is replaced.

    Raises:
        ValidationError: A field is wrong.
        Invalid: It is the shop's own currency.
    """
    row = _store(currency, rate, valid_from or clock.now())
    convert_all()
    return row


def remove_exchange_rate(currency: str, *, valid_from: datetime) -> None:
    """Take the exchange rate of a moment away; the one before it holds again, and prices are converted by it.

    Raises:
        Invalid: There is no such rate.
    """
    rows = ExchangeRate.objects.filter(base=settings().CURRENCY, currency=currency, valid_from=valid_from)
    if not rows.delete()[0]:
        raise Invalid(_("There is no exchange rate of this moment."), attr="valid_from")
    convert_all()


@db.atomic
def _store(currency: str, rate: Decimal, valid_from: datetime) -> AbstractExchangeRate:
    base = settings().CURRENCY
    if currency == base:
        raise Invalid(_("The shop's own currency is worth one of itself."), attr="currency")
    row = db.lock(ExchangeRate.objects.filter(base=base, currency=currency, valid_from=valid_from)).first()
    if row is None:
        row = ExchangeRate(base=base, currency=currency, valid_from=valid_from)
    if write_values(row, {"rate": rate}, writable={"rate"}):
        publish(RatesLoaded(base, [currency]))
    return row
