"""Settings of pricing: ``TRADEPOST_PRICING``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Annotated

from tradepost.core.conf import Backend, load, settings_class
from tradepost.core.extending.port_checks import Port
from tradepost.core.inputs.bounds import MayBeZero

from .exchange.ports import RateSource
from .ports import Pricer, TaxEngine
from .tax.ports import TaxIdChecker, TaxReporter

__all__ = ["PricingSettings", "settings"]


@settings_class("TRADEPOST_PRICING")
@dataclass(frozen=True, slots=True, kw_only=True)
class PricingSettings:
    """``TRADEPOST_PRICING``.

    Attributes:
        CURRENCY: The shop's own, in which it keeps its books.
        CURRENCIES: Those that buyers may choose; the shop's own among them.
        PRICES_INCLUDE_TAX: The basis of all documents; price lists of the other basis are passed over.
        TAX_ROUNDING: Where tax is rounded: ``unit``, ``line`` or ``order``.
        CROSS_BORDER: What stays when inclusive prices are sold to a zone with other rates: ``gross`` or ``net``.
        CURRENCY_OF_COUNTRY: The currency of visitors from a country (ISO 3166-1 alpha-2) who haven't chosen one, as in
            ``{"US": "USD"}``; others have the shop's own.
        RATES: Where exchange rates come from (:class:`tradepost.pricing.exchange.ports.RateSource`).
        RATE_JUMP: How far a rate may move at once, as a fraction; one that moves further is stored by ``tradepost_rates --force``
            only.
        PRICER: Unit prices (:class:`tradepost.pricing.ports.Pricer`).
        TAX: Taxes (:class:`tradepost.pricing.ports.TaxEngine`), and where its service is told of sales,
            :class:`tradepost.pricing.tax.ports.TaxReporter`.
        TAX_ID: What looks at the tax ids of buyers (:class:`tradepost.pricing.tax.ports.TaxIdChecker`).
        TAX_ID_MUST_BE_VALID: Whether buyers owe the tax themselves only by an id that was found valid; without it one suffices
            that wasn't found wrong, as when the register didn't answer.
    """

    CURRENCY: str = "EUR"
    CURRENCIES: tuple[str, ...] = ("EUR",)
    PRICES_INCLUDE_TAX: bool = True
    TAX_ROUNDING: str = "line"
    CROSS_BORDER: str = "gross"
    CURRENCY_OF_COUNTRY: Mapping[str, str] = field(default_factory=dict)
    RATES: Annotated[Backend, Port(RateSource)] = Backend("tradepost.pricing.exchange.sources.FixedRates")
    RATE_JUMP: Annotated[Decimal, MayBeZero()] = Decimal("0.1")
    PRICER: Annotated[Backend, Port(Pricer)] = Backend("tradepost.pricing.prices.list_pricer.ListPricer")
    TAX: Annotated[Backend, Port(TaxEngine, may=(TaxReporter,))] = Backend("tradepost.pricing.tax.zone_taxes.ZoneTaxes")
    TAX_ID: Annotated[Backend, Port(TaxIdChecker)] = Backend("tradepost.pricing.tax.tax_ids.FormatChecker")
    TAX_ID_MUST_BE_VALID: bool = False


def settings() -> PricingSettings:
    """``TRADEPOST_PRICING``."""
    return load("TRADEPOST_PRICING", PricingSettings)
