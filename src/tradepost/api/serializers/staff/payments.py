"""Payments, their ledger and what doesn't fit, as the shop's staff see them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from tradepost.api.money import MoneyField
from tradepost.payments import ledger
from tradepost.payments.base import AbstractDiscrepancy, AbstractDispute, AbstractPayment, AbstractWebhookReceipt
from tradepost.payments.interface import EntryKind, EntryState
from tradepost.payments.models import Discrepancy, Dispute, Payment, Transaction, WebhookReceipt
from tradepost.payments.reconciliation import discrepancies

from ..base import Nested, Shape, TradepostSerializer
from ..fields import EnumField

__all__ = [
    "StaffDiscrepancySerializer",
    "StaffDisputeSerializer",
    "StaffPaymentSerializer",
    "StaffPaymentSummarySerializer",
    "StaffReceiptSerializer",
    "StaffTransactionSerializer",
    "WaitingSerializer",
]


class StaffPaymentSummarySerializer(TradepostSerializer[Payment]):
    """A payment in a list."""

    order = serializers.CharField(source="order.number")
    amount = MoneyField()
    status = EnumField("PaymentStatus", AbstractPayment.Status.choices)

    class Meta:
        model = Payment
        fields: Sequence[str] = (
            "uuid",
            "reference",
            "order",
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


class StaffTransactionSerializer(TradepostSerializer[Transaction]):
    """A row of a payment's ledger."""

    kind = EnumField("LedgerKind", [kind.value for kind in EntryKind])
    state = EnumField("LedgerState", [state.value for state in EntryState])
    amount = MoneyField()
    by = serializers.CharField(source="actor_label")

    class Meta:
        model = Transaction
        fields: Sequence[str] = (
            "kind",
            "state",
            "amount",
            "provider_ref",
            "is_by_hand",
            "reason",
            "by",
            "error",
            "created_at",
        )
        read_only_fields: Sequence[str] = fields


class BalanceSerializer(Shape):
    """The sums of a payment's ledger."""

    authorised = MoneyField(help_text="Held, and not taken yet.")
    captured = MoneyField()
    capture_pending = MoneyField()
    refunded = MoneyField()
    refund_pending = MoneyField()
    charged_back = MoneyField()
    refundable = MoneyField(help_text="What can still be given back.")


class StaffDiscrepancySerializer(TradepostSerializer[Discrepancy]):
    """Money that doesn't fit, with what to do about it."""

    order = serializers.SerializerMethodField(help_text="Its number; null where none is known.")
    payment = serializers.UUIDField(source="payment.uuid", default=None, allow_null=True)
    kind = EnumField("DiscrepancyKind", AbstractDiscrepancy.Kind.choices)
    advice = serializers.SerializerMethodField(help_text="In plain words, while it is open.")
    resolved_by = serializers.CharField(source="resolved_by.get_username", default="")

    class Meta:
        model = Discrepancy
        fields: Sequence[str] = (
            "uuid",
            "kind",
            "order",
            "payment",
            "facts",
            "advice",
            "created_at",
            "resolved_at",
            "resolved_by",
            "resolution",
            "note",
        )
        read_only_fields: Sequence[str] = fields

    def get_order(self, row: AbstractDiscrepancy) -> str | None:
        """Of the payment, or its own."""
        order = row.payment.order if row.payment is not None else row.order
        return order.number if order is not None else None

    def get_advice(self, row: AbstractDiscrepancy) -> str:
        """Empty once it is resolved."""
        return discrepancies.advice(row) if row.resolved_at is None else ""


class StaffDiscrepancyDetailSerializer(StaffDiscrepancySerializer):
    """The same with what can be done now."""

    remedies = serializers.SerializerMethodField(help_text="Values of `how`.")

    class Meta(StaffDiscrepancySerializer.Meta):
        fields: Sequence[str] = (*StaffDiscrepancySerializer.Meta.fields, "remedies")
        read_only_fields: Sequence[str] = fields

    def get_remedies(self, row: AbstractDiscrepancy) -> list[str]:
        """None once it is resolved."""
        return discrepancies.remedies(row)


class StaffDisputeSerializer(TradepostSerializer[Dispute]):
    """A dispute; evidence is sent in the provider's dashboard."""

    order = serializers.CharField(source="payment.order.number")
    payment = serializers.UUIDField(source="payment.uuid")
    status = EnumField("DisputeStatus", AbstractDispute.Status.choices)
    amount = MoneyField()

    class Meta:
        model = Dispute
        fields: Sequence[str] = (
            "order",
            "payment",
            "gateway",
            "provider_ref",
            "status",
            "is_inquiry",
            "reason",
            "amount",
            "evidence_due",
            "opened_at",
            "closed_at",
        )
        read_only_fields: Sequence[str] = fields


class StaffPaymentSerializer(StaffPaymentSummarySerializer):
    """A payment with its ledger."""

    balance = serializers.SerializerMethodField()
    transactions = StaffTransactionSerializer(many=True)
    discrepancies = Nested("staff.Discrepancy", many=True)
    disputes = Nested("staff.Dispute", many=True)
    confirm_on = EnumField("ConfirmOn", AbstractPayment.ConfirmOn.choices)

    class Meta(StaffPaymentSummarySerializer.Meta):
        fields: Sequence[str] = (
            *StaffPaymentSummarySerializer.Meta.fields,
            "told_status",
            "confirm_on",
            "missing",
            "balance",
            "transactions",
            "discrepancies",
            "disputes",
        )
        read_only_fields: Sequence[str] = fields

    @extend_schema_field(BalanceSerializer)
    def get_balance(self, payment: AbstractPayment) -> Any:
        """By the ledger."""
        return BalanceSerializer(ledger.balance_of(payment), context={"currency": payment.currency}).data


class StaffReceiptSerializer(TradepostSerializer[WebhookReceipt]):
    """A provider's delivery."""

    event = serializers.CharField(source="event_id", help_text="The provider's id.")
    state = EnumField("ReceiptState", AbstractWebhookReceipt.State.choices)

    class Meta:
        model = WebhookReceipt
        fields: Sequence[str] = (
            "gateway",
            "event",
            "kind",
            "state",
            "tries",
            "error",
            "received_at",
            "processed_at",
            "retry_at",
        )
        read_only_fields: Sequence[str] = fields


class WaitingSerializer(Shape):
    """How much waits for staff."""

    discrepancies = serializers.IntegerField(help_text="Open ones.")
    disputes = serializers.IntegerField(help_text="That need an answer.")
    refunds_due = serializers.IntegerField(help_text="Orders that were paid too much.")
    unknown_outcomes = serializers.IntegerField(help_text="Payments whose provider hasn't answered.")
    failed_deliveries = serializers.IntegerField(help_text="Webhooks that couldn't be processed.")
