"""Orders, as the shop's staff see them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from tradepost.api.money import MoneyField
from tradepost.core.actors import Actor, By
from tradepost.orders.base import AbstractOrder
from tradepost.orders.models import Credit, CreditLine, OrderAdjustment, OrderCharge, OrderEvent
from tradepost.orders.services import available_transitions
from tradepost.payments.interface import Price

from ..base import Extra, Nested, Shape, TradepostSerializer
from ..orders import (
    CreditSerializer,
    OrderChargeSerializer,
    OrderLineSerializer,
    OrderSerializer,
    OrderSummarySerializer,
    TransitionSerializer,
)
from .base import NestedPayment

__all__ = [
    "StaffAdjustmentSerializer",
    "StaffChargeSerializer",
    "StaffCreditSerializer",
    "StaffHistorySerializer",
    "StaffOrderLineSerializer",
    "StaffOrderSerializer",
    "StaffOrderSummarySerializer",
]


class _AdjustmentMoneyField(MoneyField):
    """The amount of an adjustment in the currency of its row's order, which is loaded wherever the row is."""

    def get_attribute(self, instance: Any) -> Any:
        """The amount with its currency; a list has orders in several."""
        row = instance.line if instance.line_id is not None else instance.charge
        return Price(instance.amount, row.order.currency)


class StaffAdjustmentSerializer(TradepostSerializer[OrderAdjustment]):
    """A discount on a line or charge."""

    promotion = serializers.CharField(source="promotion_key", help_text="Code of the promotion; empty for others.")
    coupon = serializers.CharField(source="coupon_code")
    amount = _AdjustmentMoneyField(help_text="Below zero.")

    class Meta:
        model = OrderAdjustment
        fields: Sequence[str] = ("kind", "label", "promotion", "coupon", "amount", "reason", "actor")
        read_only_fields: Sequence[str] = fields


class StaffOrderLineSerializer(OrderLineSerializer):
    """A line with what its customer needn't see."""

    adjustments = StaffAdjustmentSerializer(many=True)
    open_quantity = serializers.IntegerField(help_text="Neither cancelled nor shipped.")
    extra = Extra("tradepost_orders.OrderLine", source="*")

    class Meta(OrderLineSerializer.Meta):
        fields: Sequence[str] = (
            *OrderLineSerializer.Meta.fields,
            "group",
            "weight",
            "tax_class",
            "price_source",
            "open_quantity",
            "adjustments",
            "metadata",
        )
        read_only_fields: Sequence[str] = fields


class StaffChargeSerializer(OrderChargeSerializer):
    """A charge with its discounts."""

    adjustments = StaffAdjustmentSerializer(many=True)

    class Meta(OrderChargeSerializer.Meta):
        model = OrderCharge
        fields: Sequence[str] = (*OrderChargeSerializer.Meta.fields, "tax_class", "adjustments")
        read_only_fields: Sequence[str] = fields


class StaffCreditLineSerializer(TradepostSerializer[CreditLine]):
    """The share of a line or charge in a credit."""

    line = serializers.UUIDField(source="line.uuid", default=None, allow_null=True, help_text="Null for a charge.")
    charge = serializers.UUIDField(source="charge.uuid", default=None, allow_null=True, help_text="Null for a line.")
    net = MoneyField()
    tax = MoneyField()
    total = MoneyField()

    class Meta:
        model = CreditLine
        fields: Sequence[str] = ("line", "charge", "quantity", "net", "tax", "total")
        read_only_fields: Sequence[str] = fields


class StaffCreditSerializer(CreditSerializer):
    """A credit with its shares."""

    by = serializers.CharField(source="actor_label")
    lines = StaffCreditLineSerializer(many=True)

    class Meta(CreditSerializer.Meta):
        model = Credit
        fields: Sequence[str] = (*CreditSerializer.Meta.fields, "note", "by", "lines")
        read_only_fields: Sequence[str] = fields


class StaffHistorySerializer(TradepostSerializer[OrderEvent]):
    """An entry of an order's history."""

    by = serializers.CharField(source="actor_label")
    by_kind = serializers.CharField(source="actor_kind", help_text="`staff`, `customer`, `system` or another.")

    class Meta:
        model = OrderEvent
        fields: Sequence[str] = ("kind", "from_state", "to_state", "by", "by_kind", "reason", "facts", "created_at")
        read_only_fields: Sequence[str] = fields


class StaffTransitionSerializer(TransitionSerializer):
    """A transition from the order's state, with the reasons why it can't be made now."""

    target = serializers.CharField()
    overridable = serializers.BooleanField(help_text="Whoever may override the rules can make it with a reason.")


class BuyerSerializer(Shape):
    """The customer of an order; null in an order of a guest."""

    uuid = serializers.UUIDField()
    email = serializers.CharField()
    name = serializers.CharField()


class StaffOrderSummarySerializer(OrderSummarySerializer):
    """An order in a list of the shop's."""

    customer = BuyerSerializer(allow_null=True)
    credited = MoneyField()
    due = MoneyField()
    paid = MoneyField(source="net_paid")
    lines = Nested("staff.OrderLine", many=True, on_request=True)
    payments = NestedPayment(many=True, on_request=True)
    extra = Extra("tradepost_orders.Order", source="*")

    class Meta(OrderSummarySerializer.Meta):
        fields: tuple[str, ...] = (
            *OrderSummarySerializer.Meta.fields,
            "customer",
            "email",
            "phone",
            "company",
            "hold",
            "channel",
            "source",
            "tax_country",
            "credited",
            "due",
            "paid",
            "created_at",
        )
        read_only_fields: Sequence[str] = fields


class StaffOrderSerializer(OrderSerializer):
    """An order with all that is known of it."""

    customer = BuyerSerializer(allow_null=True)
    parent = serializers.CharField(  # type: ignore[assignment]
        source="parent.number", default=None, allow_null=True, help_text="Number of the order that it adds to."
    )
    replaces = serializers.CharField(
        source="replaces.number",
        default=None,
        allow_null=True,
        help_text="Number of the order that was changed into it.",
    )
    replaced_by = serializers.CharField(
        source="replaced_by.number", default=None, allow_null=True, help_text="Number of the order it was changed into."
    )
    lines = Nested("staff.OrderLine", many=True)
    charges = Nested("staff.OrderCharge", many=True)
    credits = Nested("staff.Credit", many=True)
    payments = NestedPayment(many=True)
    history = Nested("staff.History", source="events", many=True)
    extra = Extra("tradepost_orders.Order", source="*")
    authorised = MoneyField(source="amount_authorised", help_text="Held, and not taken yet.")
    captured = MoneyField(source="amount_captured")
    refunded = MoneyField(source="amount_refunded")
    charged_back = MoneyField(source="amount_charged_back")

    class Meta(OrderSerializer.Meta):
        fields: Sequence[Any] = (
            *OrderSerializer.Meta.fields,
            "customer",
            "company",
            "parent",
            "replaces",
            "replaced_by",
            "hold",
            "channel",
            "source",
            "language",
            "tax_id_check",
            "tax_country",
            "tax_region",
            "tax_postcode",
            "tax_rounding",
            "base_currency",
            "exchange_rate",
            "authorised",
            "captured",
            "refunded",
            "charged_back",
            "terms_version",
            "terms_accepted_at",
            "created_at",
            "metadata",
            "version",
            "history",
        )
        read_only_fields: Sequence[str] = fields

    @extend_schema_field(StaffTransitionSerializer(many=True))
    def get_transitions(self, order: AbstractOrder) -> Any:
        """List what leaves the order's state, with the reasons of what can't be done now."""
        return StaffTransitionSerializer(available_transitions(order, By(Actor.STAFF)), many=True).data
