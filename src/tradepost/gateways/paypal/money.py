"""Amounts as PayPal writes them: texts in major units."""

from __future__ import annotations

from tradepost.gateways.responses import Json, amount_in
from tradepost.payments.interface import Price, Rejected

__all__ = ["CURRENCIES", "amount_of", "price_of"]

# PayPal takes no parts of these; forints and Taiwan dollars have some in ISO 4217.
_WHOLE = frozenset({"HUF", "JPY", "TWD"})
CURRENCIES = _WHOLE | {
    *("AUD", "BRL", "CAD", "CHF", "CNY", "CZK", "DKK", "EUR", "GBP", "HKD", "ILS"),
    *("MXN", "MYR", "NOK", "NZD", "PHP", "PLN", "SEK", "SGD", "THB", "USD"),
}


def amount_of(price: Price) -> dict[str, str]:
    """As PayPal takes it.

    Raises:
        Rejected: PayPal doesn't take the currency, or it can't be said exactly; it is never rounded.
    """
    if price.currency not in CURRENCIES:
        raise Rejected("currency_not_supported", f"PayPal doesn't take {price.currency}.")
    places = 0 if price.currency in _WHOLE else 2
    price.minor(places)
    return {"currency_code": price.currency, "value": f"{price.amount:.{places}f}"}


def price_of(amount: Json) -> Price:
    """As PayPal says it."""
    return Price(amount_in(amount["value"]), amount["currency_code"])
