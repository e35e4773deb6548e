"""Template filters for amounts of money."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import template
from django.utils import translation
from moneyed import Money
from moneyed.l10n import format_money

from ..money import quantise

register = template.Library()


@register.filter
def money(amount: Any, currency: str = "") -> str:
    """``{{ line.total|money:order.currency }}`` or ``{{ some_money|money }}``: an amount in the reader's notation."""
    if amount is None or amount == "":
        return ""
    if not isinstance(amount, Money):
        amount = Money(quantise(Decimal(amount), currency), currency)
    return str(format_money(amount, locale=translation.to_locale(translation.get_language() or "en")))
