"""Bodies of what staff do with orders, and the preview of the money."""

from __future__ import annotations

from rest_framework import serializers

from tradepost.api.money import MoneyField
from tradepost.orders.base import AbstractCredit
from tradepost.orders.models import Order
from tradepost.orders.states import PaymentStatus
from tradepost.orders.states.display_status import status_choices

from ..base import Shape
from ..fields import CountField, EnumField
from .base import Input, TextField, TruthField

__all__ = [
    "AddNoteSerializer",
    "CancelUnitsSerializer",
    "GiveCreditSerializer",
    "HoldSerializer",
    "MakeTransitionSerializer",
    "MoneyPreviewSerializer",
    "OrderMoneySerializer",
    "ReleaseSerializer",
    "UnitsSerializer",
]

_LINES = 500
_GIVEN = (AbstractCredit.Reason.GOODWILL, AbstractCredit.Reason.PRICE)


def reason_field(**options: object) -> TextField:
    """A reason for the history."""
    values = {"required": False, "default": "", "allow_blank": True, "max_length": 200, **options}
    return TextField(**values)  # type: ignore[arg-type]


class MakeTransitionSerializer(Input):
    """A transition to make."""

    name = TextField(max_length=60, help_text="As in the order's `transitions`.")
    reason = reason_field(help_text="For the history. An override needs one.")
    override = TruthField(default=False, help_text="Pass over the rules; needs `override_order`.")


class HoldSerializer(Input):
    """A hold."""

    code = serializers.SlugField(max_length=40, help_text="A short keyword, such as `address`.")
    reason = reason_field()


class ReleaseSerializer(Input):
    """The end of a hold."""

    reason = reason_field()


class AddNoteSerializer(Input):
    """A note that customers never see."""

    text = TextField(max_length=2000)


class UnitsSerializer(Input):
    """A quantity of an order's line."""

    line = serializers.UUIDField(help_text="Of the order's line.")
    quantity = CountField(min_value=1)


class CancelUnitsSerializer(Input):
    """Units to cancel: their price is credited, and their stock is released."""

    lines = UnitsSerializer(many=True, allow_empty=False, max_length=_LINES)  # type: ignore[call-arg]
    reason = reason_field()


class GiveCreditSerializer(Input):
    """An amount to take off what is due."""

    amount = MoneyField(help_text="Tax included, in the order's currency.")
    reason = EnumField("GivenCreditReason", [(reason.value, reason.label) for reason in _GIVEN])
    note = reason_field()
    line = serializers.UUIDField(required=False, allow_null=True, default=None, help_text="Of one line only.")
    charge = serializers.UUIDField(required=False, allow_null=True, default=None, help_text="Of one charge only.")


class OrderMoneySerializer(Shape):
    """An order's money at a moment."""

    status = EnumField("OrderStatus", status_choices(Order))
    payment_status = EnumField("OrderPaymentStatus", PaymentStatus.choices)
    total = MoneyField(help_text="As it was placed.")
    credited = MoneyField(help_text="Taken off since.")
    due = MoneyField(help_text="What is owed in all.")
    paid = MoneyField(help_text="Received, less refunds and chargebacks.")
    missing = MoneyField(help_text="Still to be paid.")
    surplus = MoneyField(help_text="Paid beyond what is due, and so to be given back.")


class MoneyPreviewSerializer(Shape):
    """An order's money as it is, and as it would be."""

    before = OrderMoneySerializer()
    after = OrderMoneySerializer()
