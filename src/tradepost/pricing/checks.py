"""System checks of pricing."""

from __future__ import annotations

from typing import Any

from django.conf import settings as django_settings
from django.core.checks import CheckMessage, Error, register

from tradepost.core.addresses.countries import COUNTRIES
from tradepost.core.conf import check_settings, instance
from tradepost.core.money import is_currency

from .conf import PricingSettings, settings
from .tax.tax_service import OutsideTaxes

__all__ = ["check_pricing"]

_CHOICES = {"TAX_ROUNDING": ("unit", "line", "order"), "CROSS_BORDER": ("gross", "net")}


@register("tradepost")
def check_pricing(**kwargs: Any) -> list[CheckMessage]:
    """``TRADEPOST_PRICING``."""
    wrong = check_settings("TRADEPOST_PRICING", PricingSettings, "tradepost.E200")
    return wrong or [*_check_values(settings()), *_check_tax_cache(settings())]


def _check_tax_cache(options: PricingSettings) -> list[CheckMessage]:
    """Without a cache that keeps something no order could be placed: the service isn't asked inside its transaction."""
    engine = instance(options.TAX)
    if not isinstance(engine, OutsideTaxes):
        return []
    backend = django_settings.CACHES.get(engine.cache, {}).get("BACKEND", "")
    if backend and backend != "django.core.cache.backends.dummy.DummyCache":
        return []
    return [
        Error(
            f'TRADEPOST_PRICING["TAX"] keeps the answers of its service in the cache {engine.cache!r}, which keeps nothing.',
            hint=f'Configure CACHES[{engine.cache!r}], or name another: "OPTIONS": {{"cache": "…"}}.',
            id="tradepost.E210",
        )
    ]


def _check_values(options: PricingSettings) -> list[CheckMessage]:
    wrong: list[CheckMessage] = [
        Error(
            f'TRADEPOST_PRICING["{key}"] is {getattr(options, key)!r}.',
            hint=f"Write one of: {', '.join(choices)}.",
            id="tradepost.E201",
        )
        for key, choices in _CHOICES.items()
        if getattr(options, key) not in choices
    ]
    unknown = sorted(code for code in {options.CURRENCY, *options.CURRENCIES} if not is_currency(code))
    if unknown:
        message = f"TRADEPOST_PRICING names currencies that ISO 4217 doesn't know: {', '.join(unknown)}."
        wrong.append(Error(message, hint='Write three capital letters, as in "EUR".', id="tradepost.E202"))
    elif options.CURRENCY not in options.CURRENCIES:
        wrong.append(
            Error(
                f'TRADEPOST_PRICING["CURRENCIES"] lacks the shop\'s own currency, {options.CURRENCY}.',
                hint=f'"CURRENCIES": {(options.CURRENCY, *options.CURRENCIES)!r}',
                id="tradepost.E203",
            )
        )
    return [*wrong, *_check_rates(options)]


def _check_rates(options: PricingSettings) -> list[CheckMessage]:
    """Countries have currencies that are on offer, and rates a bound that means something."""
    wrong: list[CheckMessage] = []
    unfit = {
        country: currency
        for country, currency in options.CURRENCY_OF_COUNTRY.items()
        if currency not in options.CURRENCIES or country not in COUNTRIES
    }
    if unfit:
        message = f'TRADEPOST_PRICING["CURRENCY_OF_COUNTRY"] has what isn\'t in "CURRENCIES", or no country: {unfit!r}.'
        wrong.append(Error(message, hint='"CURRENCY_OF_COUNTRY": {"US": "USD"}', id="tradepost.E204"))
    if not options.RATE_JUMP > 0:
        message = f'TRADEPOST_PRICING["RATE_JUMP"] is {options.RATE_JUMP}: no rate could change.'
        wrong.append(Error(message, hint='"RATE_JUMP": Decimal("0.1")', id="tradepost.E205"))
    return wrong
