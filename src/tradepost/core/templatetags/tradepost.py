"""Template filters for amounts of money, and a tag for forms that are heeded once."""

from __future__ import annotations

import uuid
from decimal import Decimal
from typing import Any

from django import template

from ..money.amounts import plain
from ..money.format import fact_text, money_text

register = template.Library()


@register.filter
def money(amount: Any, currency: str = "") -> str:
    """``{{ line.total|money:order.currency }}`` or ``{{ some_money|money }}``: an amount in the reader's notation."""
    return _text(amount, currency, exact=False)


@register.filter
def unit_money(amount: Any, currency: str = "") -> str:
    """``{{ line.unit_price|unit_money:order.currency }}``: with up to four decimals, as the price of one unit may have."""
    return _text(amount, currency, exact=True)


@register.filter
def plain_money(amount: Decimal, currency: str) -> str:
    """``{{ most|plain_money:payment.currency }}``: as fields of forms take it, ``1234.50``."""
    return plain(amount, currency)


def _text(amount: Any, currency: str, *, exact: bool) -> str:
    if amount is None or amount == "":
        return ""
    if hasattr(amount, "currency"):  # an amount with its currency
        amount, currency = amount.amount, str(amount.currency)
    return money_text(Decimal(amount), currency, exact=exact)


@register.simple_tag
def fact(name: str, value: Any, currency: str) -> Any:
    """``{% fact name value order.currency %}``: a fact of a history, amounts as money."""
    return fact_text(name, value, currency)


@register.simple_tag
def one_time_key() -> str:
    """``<input type="hidden" name="form_key" value="{% one_time_key %}">``: however often the form is sent, it acts once."""
    return str(uuid.uuid4())
