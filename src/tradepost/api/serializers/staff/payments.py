"""Payments, as the shop's staff see them."""

from __future__ import annotations

from collections.abc import Sequence

from tradepost.api.money import MoneyField
from tradepost.payments.base import AbstractPayment
from tradepost.payments.models import Payment

from ..base import TradepostSerializer
from ..fields import EnumField

__all__ = ["StaffPaymentSummarySerializer"]


class StaffPaymentSummarySerializer(TradepostSerializer[Payment]):
    """A payment in a list."""

    amount = MoneyField()
    status = EnumField("PaymentStatus", AbstractPayment.Status.choices)

    class Meta:
        model = Payment
        fields: Sequence[str] = (
            "uuid",
            "reference",
            "method",
            "amount",
            "status",
            "outcome_unknown",
            "provider_ref",
            "error_code",
            "error_message",
            "created_at",
        )
        read_only_fields: Sequence[str] = fields
