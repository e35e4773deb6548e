"""Money as the API writes and reads it."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from operator import attrgetter
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import ValidationError
from rest_framework.fields import Field

from tradepost.api.attributes import source_of
from tradepost.core.inputs.numbers import InvalidNumber, read_amount, read_unit_price
from tradepost.core.money import exponent, is_currency, quantise
from tradepost.payments.interface import Price

__all__ = ["MoneyField", "written"]


def written(amount: Decimal, currency: str, *, exact: bool = False) -> dict[str, str]:
    """An amount as JSON, to the currency's smallest unit.

    Args:
        exact: Keep what is smaller, as list prices have it.
    """
    shown = quantise(amount, currency)
    if exact and shown != amount:
        shown = amount.normalize()
    return {"amount": f"{shown:f}", "currency": currency}


class MoneyField(Field):  # type: ignore[type-arg]
    """``{"amount": "12.50", "currency": "EUR"}`` from a ``Decimal`` and the currency beside it.

    Args:
        currency: Path of the currency from the object (``"order.currency"``); where it has none, the serializer's context has
            ``currency``. What is itself an amount with its currency needs neither.
        exact: Show and take what is smaller than the currency's smallest unit, as unit prices have it.
    """

    default_error_messages = {
        "invalid": _('Write {{"amount": "12.50", "currency": "EUR"}}, the amount as text.'),
        "currency": _("“{currency}” isn't an ISO 4217 currency."),
        "places": _("{currency} has {places} decimal places."),
        "unit_places": _("Unit prices have at most four decimal places."),
    }

    def __init__(self, *, currency: str = "currency", exact: bool = False, **kwargs: Any) -> None:
        self.currency, self.exact = currency, exact
        self._currency_of = attrgetter(currency)
        super().__init__(**kwargs)

    def get_attribute(self, instance: Any) -> Any:
        """The amount with its currency; ``None`` where there is no amount."""
        amount = source_of(self, instance)
        if amount is None or hasattr(amount, "currency"):
            return amount
        try:
            return Price(amount, self._currency_of(instance))
        except AttributeError:
            return Price(amount, self.context["currency"])

    def to_representation(self, value: Any) -> dict[str, str]:
        """As JSON."""
        return written(value.amount, str(value.currency), exact=self.exact)

    def to_internal_value(self, data: Any) -> Price:
        """From JSON: a finite amount of at most 15 digits, in whole smallest units."""
        if not isinstance(data, Mapping) or data.keys() != {"amount", "currency"}:
            self.fail("invalid")
        text, currency = data["amount"], data["currency"]
        if isinstance(text, bool) or not isinstance(text, (str, int)) or not isinstance(currency, str):
            self.fail("invalid")
        if not is_currency(currency):
            self.fail("currency", currency=currency[:10])
        try:
            amount = read_unit_price(text) if self.exact else read_amount(text, currency, least=None)
            return Price(amount, currency)
        except InvalidNumber as refusal:
            if "places" in refusal.context and self.exact:
                self.fail("unit_places")
            if "places" in refusal.context:
                self.fail("places", currency=currency, places=exponent(currency))
            if "digits" in refusal.context:
                raise ValidationError(refusal.message, code="digits") from refusal
            self.fail("invalid")
