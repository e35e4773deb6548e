"""Payments, as their payers see them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urljoin

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from tradepost.api.money import MoneyField
from tradepost.core.dates.days import today
from tradepost.core.shop_settings import shop
from tradepost.payments.base import AbstractPayment, AbstractSavedMethod
from tradepost.payments.models import Payment, SavedMethod

from ..base import Input, Shape, TradepostSerializer
from ..fields import EnumField, TextField

__all__ = [
    "NextActionSerializer",
    "PayAgainSerializer",
    "PaymentSerializer",
    "ReturnSerializer",
    "SavedMethodSerializer",
]


class NextActionSerializer(Shape):
    """The payer's next step."""

    kind = EnumField("NextActionKind", ["redirect", "sdk", "phone_prompt", "instructions"])
    url = TextField(required=False, help_text="Where the browser goes (`redirect`).")
    client_data = serializers.DictField(required=False, help_text="For the provider's script (`sdk`).")
    message = TextField(required=False, help_text="To be shown.")
    expires_at = TextField(required=False, allow_null=True)


class PaymentSerializer(TradepostSerializer[Payment]):
    """One attempt or arrangement to pay for an order."""

    order = TextField(source="order.number")
    amount = MoneyField()
    status = EnumField("PaymentStatus", AbstractPayment.Status.choices)
    next_action = serializers.SerializerMethodField()

    class Meta:
        model = Payment
        fields: Sequence[str] = (
            "uuid",
            "order",
            "method",
            "amount",
            "status",
            "outcome_unknown",
            "next_action",
            "error_code",
            "created_at",
        )
        read_only_fields: Sequence[str] = fields

    @extend_schema_field(NextActionSerializer(allow_null=True))
    def get_next_action(self, payment: AbstractPayment) -> Any:
        """Null where there is nothing to do."""
        action = dict(payment.next_action)
        if action.get("url"):  # a provider's is absolute; a page of this site's own is, too, for a client elsewhere
            action["url"] = self._absolute(str(action["url"]))
        return action or None

    def _absolute(self, url: str) -> str:
        request = self.context.get("request")
        return str(request.build_absolute_uri(url)) if request is not None else urljoin(f"{shop().URL}/", url)


class PayAgainSerializer(Input):
    """Another attempt to pay."""

    method = TextField(max_length=50, help_text="Code of a payment method.")
    amount = MoneyField(
        required=False,
        allow_null=True,
        default=None,
        help_text="A part; null for all that is left, by this method alone.",
    )
    client_input = serializers.DictField(required=False, default=dict, help_text="Of the payment method's own form.")
    return_url = TextField(required=False, allow_blank=True, default="", max_length=1000, trim_whitespace=False)


class ReturnSerializer(Input):
    """The query and form fields that the provider's page sent back with the browser."""

    data = serializers.DictField(  # type: ignore[assignment]
        child=TextField(max_length=2000, allow_blank=True), default=dict
    )


class SavedMethodSerializer(TradepostSerializer[SavedMethod]):
    """A payment method that a customer saved."""

    method = TextField(source="gateway", help_text="Code of the payment method that it is for.")
    name = TextField(help_text="What people know it by: `Visa •••• 4242`.")
    expires = TextField(source="expiry", help_text="Month and year, `04/30`; empty where it has no end.")
    is_expired = serializers.SerializerMethodField()

    class Meta:
        model = SavedMethod
        fields: Sequence[str] = ("uuid", "method", "name", "brand", "last4", "expires", "is_expired", "created_at")
        read_only_fields: Sequence[str] = fields

    def get_is_expired(self, row: AbstractSavedMethod) -> bool:
        """Its last month is over; the bank may still take it, or not."""
        return row.is_expired(today())
