"""Errors of pricing.

::

    Invalid
    └── CurrencyNotOffered
    Conflict
    ├── RateMissing
    ├── RatesUnavailable
    └── TaxUnavailable
"""

from __future__ import annotations

from tradepost.core.errors import Conflict, Invalid

__all__ = ["CurrencyNotOffered", "RateMissing", "RatesUnavailable", "TaxUnavailable"]


class CurrencyNotOffered(Invalid):
    """The shop doesn't sell in this currency. ``context["currencies"]`` lists those it sells in."""

    code = "currency_not_offered"


class RateMissing(Conflict):
    """No exchange rate to the shop's own currency is on file for that moment."""

    code = "no_exchange_rate"


class RatesUnavailable(Conflict):
    """The source of exchange rates gave no answer, or none that can be right. The rates on file stay."""

    code = "rates_unavailable"


class TaxUnavailable(Conflict):
    """The taxes can't be known now, since the service that knows them gave no answer. Nothing is guessed, no order is placed."""

    code = "tax_unavailable"
