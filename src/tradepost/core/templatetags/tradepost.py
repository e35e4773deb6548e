"""Template filters for amounts of money, and a tag for forms that are heeded once."""

from __future__ import annotations

import uuid
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


@register.simple_tag
def one_time_key() -> str:
    """``<input type="hidden" name="form_key" value="{% one_time_key %}">``: however often the form is sent, it acts once."""
    return str(uuid.uuid4())
