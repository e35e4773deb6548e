"""The currencies that the shop sells in."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from ..conf import settings
from ..errors import CurrencyNotOffered

__all__ = ["check_currency", "currency_for"]


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
    options = settings()
    currency = options.CURRENCY_OF_COUNTRY.get(country.upper(), options.CURRENCY)
    return currency if currency in options.CURRENCIES else options.CURRENCY
