"""Fields of what staff send."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError

from tradepost.api.attributes import source_of
from tradepost.api.money import MoneyField
from tradepost.core.extending.exposed_values import writable
from tradepost.payments.interface import Price
from tradepost.pricing.conf import settings as pricing

from ..base import Input, Nested
from ..fields import TextField, TruthField

__all__ = [
    "CostField",
    "ExtraInput",
    "Input",
    "NestedPayment",
    "ShopMoneyField",
    "TextField",
    "TruthField",
    "keys_field",
]


class ShopMoneyField(MoneyField):
    """A unit amount in the shop's own currency, where a column has no other one beside it."""

    default_error_messages = {"own": _("Amounts of this kind are in {currency}.")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(exact=True, **kwargs)

    def get_attribute(self, instance: Any) -> Any:
        """The amount with the shop's currency; ``None`` where there is no amount."""
        amount = source_of(self, instance)
        return None if amount is None else Price(amount, pricing().CURRENCY)

    def to_internal_value(self, data: Any) -> Any:
        """From JSON: the amount alone."""
        price = super().to_internal_value(data)
        if price.currency != pricing().CURRENCY:
            self.fail("own", currency=pricing().CURRENCY)
        return price.amount


class CostField(ShopMoneyField):
    """Cost of a variant to the shop: a column of the variant, so null for who may see products, and no variants."""

    permission = "tradepost_catalogue.view_variant"


class NestedPayment(Nested):
    """Payments beside an order, where there are any; null for who may see orders, and no payments."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", "Null for who may not view payments.")
        super().__init__(
            "staff.PaymentSummary",
            needs="tradepost_payments",
            permission="tradepost_payments.view_payment",
            **kwargs,
        )


class ExtraInput(serializers.DictField):
    """Values of exposed fields, by their names; of those that the caller may write.

    Args:
        model: Label of the model whose fields they are.
    """

    def __init__(self, model: str, **kwargs: Any) -> None:
        self.model = model
        super().__init__(required=False, **kwargs)

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """From JSON.

        Raises:
            ValidationError: It is no object, or names a field that isn't there for this caller (``unknown_field``).
        """
        values: dict[str, Any] = super().to_internal_value(data)
        user = getattr(self.context.get("request"), "user", None)
        names = {entry.name for entry in writable(self.model, user)}
        if missing := sorted(values.keys() - names):
            message = str(_("There is no such field."))
            raise ValidationError({name[:100]: [ErrorDetail(message, code="unknown_field")] for name in missing[:20]})
        return values


def keys_field(help_text: str, *, most: int = 100) -> serializers.ListField:
    """A list of public keys: slugs, codes, SKUs."""
    return serializers.ListField(child=TextField(max_length=255), required=False, max_length=most, help_text=help_text)
