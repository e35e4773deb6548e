"""Use cases of pricing: contexts, quotes, exchange rates."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, cast

from django.utils.translation import gettext_lazy as _

from tradepost.core import db
from tradepost.core.conf import instance
from tradepost.core.dates import clock

from .conf import settings
from .document import Document, Totals
from .errors import CurrencyNotOffered, TaxUnavailable
from .exchange.loader import LoadedRates, load_rates
from .exchange.rates import exchange_rate
from .ports import Place, PriceContext, PriceQuote, Pricer, PriceRequest, TaxContext, TaxEngine, Taxer
from .prices.conversion import convert
from .prices.price_changes import NewPrice, set_prices
from .tax.ports import (
    TaxIdCheck,
    TaxIdChecker,
    TaxReporter,
)
from .tax.tax_ids import compact
from .zones import zones_for

if TYPE_CHECKING:
    from tradepost.customers.base import AbstractCustomer

__all__ = [
    "LoadedRates",
    "NewPrice",
    "check_currency",
    "check_tax_id",
    "context",
    "convert",
    "currency_for",
    "exchange_rate",
    "load_rates",
    "quote",
    "set_prices",
    "tax_is_known",
    "tax_reporter",
    "taxer",
    "zones_for",
]

logger = logging.getLogger(__name__)

_NOWHERE = Place()


def context(
    *,
    currency: str,
    customer: AbstractCustomer | None = None,
    place: Place = _NOWHERE,
    channel: str = "web",
    at: datetime | None = None,
) -> PriceContext:
    """For whom, where and when prices are wanted; one query for a customer's groups, none for a guest.

    Args:
        at: The present moment where it isn't given.
    """
    groups = frozenset(customer.groups.values_list("pk", flat=True)) if customer is not None else frozenset()
    return PriceContext(
        currency=currency,
        channel=channel,
        customer_id=customer.pk if customer is not None else None,
        groups=groups,
        place=place,
        at=at or clock.now(),
        includes_tax=settings().PRICES_INCLUDE_TAX,
    )


def quote(requests: Sequence[PriceRequest], context: PriceContext) -> Sequence[PriceQuote]:
    """A quote for each request, in their order, by the configured pricer."""
    return cast("Pricer", instance(settings().PRICER)).quote(requests, context)


def taxer(context: TaxContext) -> Taxer:
    """A function that taxes a document, by the configured engine; where it can't, the function raises ``TaxUnavailable``."""
    try:
        return cast("TaxEngine", instance(settings().TAX)).load(context)
    except TaxUnavailable as error:
        refusal = error

    def refuse(document: Document) -> None:
        raise refusal

    return refuse


def tax_is_known(totals: Totals) -> bool:
    """Whether the taxes of totals could be calculated."""
    return all(error["code"] != TaxUnavailable.code for error in totals.errors)


def tax_reporter() -> TaxReporter | None:
    """The configured tax engine, if its service is told of sales."""
    engine = instance(settings().TAX)
    return engine if isinstance(engine, TaxReporter) else None


def check_tax_id(tax_id: str, country: str) -> TaxIdCheck:
    """What the configured checker finds out about a tax id. Outside any transaction, since it may ask a register.

    Args:
        tax_id: As the buyer wrote it.
        country: Of the buyer, ISO 3166-1 alpha-2; empty where it isn't known.

    Returns:
        ``valid=None`` where the checker failed: an id isn't wrong because nobody could look.
    """
    db.outside("check_tax_id()")
    try:
        return cast("TaxIdChecker", instance(settings().TAX_ID)).check(compact(tax_id), country)
    except Exception:
        logger.exception("The check of a tax id failed")
        return TaxIdCheck(valid=None, method="failed", at=clock.now())


def check_currency(currency: str) -> str:
    """The code as it is, if the shop sells in it.

    Raises:
        CurrencyNotOffered: It doesn't.
    """
    offered = settings().CURRENCIES
    if currency not in offered:
        raise CurrencyNotOffered(
            _("This shop doesn't sell in %(currency)s.") % {"currency": currency},
            attr="currency",
            currencies=list(offered),
        )
    return currency


def currency_for(country: str) -> str:
    """The currency of visitors from a country who haven't chosen one, while it is on offer; else the shop's own.

    Args:
        country: ISO 3166-1 alpha-2; empty where it isn't known.
    """
    found = settings()
    currency = found.CURRENCY_OF_COUNTRY.get(country.upper(), found.CURRENCY)
    return currency if currency in found.CURRENCIES else found.CURRENCY
