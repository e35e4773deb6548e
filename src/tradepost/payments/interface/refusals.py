"""Reasons why a method isn't on offer, in sentences for customers. Gateways share them, so that they are translated once."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext as _

from tradepost.core.errors import Invalid
from tradepost.core.money.format import money_text

from .errors import Misconfigured, Rejected
from .values import Price

__all__ = ["other_country", "other_currency", "refusal_of"]


def other_currency(code: str) -> str:
    """The provider, or the shop's account there, doesn't take this currency."""
    return _("Not available for payments in %(currency)s.") % {"currency": code}


def other_country() -> str:
    """The method is for buyers of other countries."""
    return _("Not available in your country.")


def refusal_of(convert: Callable[[Price], object], price: Price) -> str:
    """Say why an amount can't be paid; empty where it can.

    Args:
        convert: What the gateway makes of an amount before it calls its provider. What it refuses as ``Rejected`` is told in
            its own words, and must be a sentence for customers; a currency that isn't set up right is one that isn't taken.
        price: Of the basket.
    """
    try:
        convert(price)
    except (Invalid, Misconfigured):
        return other_currency(price.currency)
    except Rejected as refusal:
        if refusal.code == "amount_precision":
            message = _("%(amount)s can't be paid this way: it has too many decimal places.")
            return message % {"amount": money_text(price.amount, price.currency, exact=True)}
        return str(refusal)
    return ""
