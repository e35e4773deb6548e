"""Errors of pricing.

::

    Invalid
    └── CurrencyNotOffered
    Conflict
    └── RateMissing
"""

from __future__ import annotations

from tradepost.core.errors import Conflict, Invalid

__all__ = ["CurrencyNotOffered", "RateMissing"]


class CurrencyNotOffered(Invalid):
    """The shop doesn't sell in this currency. ``context["currencies"]`` lists those it sells in."""

    code = "currency_not_offered"


class RateMissing(Conflict):
    """No exchange rate to the shop's own currency is on file for that moment."""

    code = "no_exchange_rate"
