"""Bodies of what staff do with payments."""

from __future__ import annotations

from rest_framework import serializers

from tradepost.api.money import MoneyField

from ..fields import EnumField
from .base import Input, TextField, TruthField
from .order_actions import reason_field

__all__ = [
    "BookSerializer",
    "CapturePaymentSerializer",
    "PaymentReasonSerializer",
    "RefundPaymentSerializer",
    "ResolveSerializer",
    "RetryReceiptSerializer",
    "StrikeSerializer",
]


def amount_field() -> MoneyField:
    """An amount that may be left out for all that is possible."""
    return MoneyField(
        required=False, allow_null=True, default=None, help_text="In the payment's currency; null for all."
    )


class RefundPaymentSerializer(Input):
    """A refund that the provider is asked for."""

    amount = amount_field()
    reason = reason_field()


class CapturePaymentSerializer(Input):
    """A capture of what is authorised; with an offline method, money that came."""

    amount = amount_field()
    reason = reason_field()
    keep_rest = TruthField(default=False, help_text="What isn't captured stays authorised, for another capture.")


class PaymentReasonSerializer(Input):
    """A reason, for the history."""

    reason = reason_field()


class BookSerializer(Input):
    """Money that moved outside the provider."""

    kind = EnumField("BookedKind", [("capture", "Money received"), ("refund", "Money paid back")])
    amount = MoneyField()
    reference = TextField(max_length=150, help_text="Of the transfer or receipt. It is booked only once.")
    reason = TextField(max_length=150)


class StrikeSerializer(Input):
    """A booking by hand that didn't happen, or that the provider reported after all."""

    kind = EnumField("BookedKind", [("capture", "Money received"), ("refund", "Money paid back")])
    reference = TextField(max_length=150, help_text="As it was booked.")
    reason = TextField(max_length=150)


class ResolveSerializer(Input):
    """A remedy for a discrepancy."""

    how = TextField(max_length=20, help_text="One of its `remedies`.")
    note = TextField(
        default="", allow_blank=True, max_length=150, help_text="Why; `dismiss`, `give_up` and `book` need it."
    )
    amount = MoneyField(
        required=False, allow_null=True, default=None, help_text="Of `refund` (null for all) and `book`."
    )
    reference = TextField(default="", allow_blank=True, max_length=150, help_text="Of `book`.")
    refunded = TruthField(default=False, help_text="Of `book`: the money was paid back.")


class RetryReceiptSerializer(Input):
    """A delivery, by the provider's id."""

    gateway = serializers.SlugField(max_length=50)
    event = TextField(max_length=200, help_text="The provider's id.")
