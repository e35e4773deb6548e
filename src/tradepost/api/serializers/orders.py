"""Orders, as their buyers see them."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from tradepost.api.money import MoneyField
from tradepost.api.parameters.choice import reads
from tradepost.checkout.delivery_dates import arrivals
from tradepost.core.actors import Actor, By
from tradepost.orders.base import AbstractCredit, AbstractOrder
from tradepost.orders.models import Credit, Order, OrderCharge, OrderLine
from tradepost.orders.services import available_transitions
from tradepost.orders.states import FulfilmentStatus, PaymentStatus
from tradepost.orders.states.display_status import stage_choices, status_choices

from .base import Extra, Nested, Shape, TradepostSerializer
from .checkout import ArrivalSerializer
from .fields import EnumField, UrlField
from .totals import TaxSumSerializer, tax_sums

__all__ = [
    "CreditSerializer",
    "DiscountSumSerializer",
    "OrderChargeSerializer",
    "OrderLineSerializer",
    "OrderSerializer",
    "OrderSummarySerializer",
    "TransitionSerializer",
]

_ON_REQUEST = ("lines", "payments", "shipments")  # of an order in a list


class OrderLineSerializer(TradepostSerializer[OrderLine]):
    """A quantity of one thing, as it was sold."""

    unit_price = MoneyField(currency="order.currency", exact=True)
    list_price = MoneyField(currency="order.currency", exact=True, allow_null=True)
    subtotal = MoneyField(currency="order.currency", help_text="Before discounts.")
    discount = MoneyField(currency="order.currency")
    net = MoneyField(currency="order.currency")
    tax = MoneyField(currency="order.currency")
    total = MoneyField(currency="order.currency")
    image = UrlField(help_text="As it was when it was sold; empty for none.")
    extra = Extra("tradepost_orders.OrderLine", own=True, source="*")

    class Meta:
        model = OrderLine
        fields: Sequence[str] = (
            "uuid",
            "sku",
            "name",
            "variant_name",
            "options",
            "image",
            "kind",
            "quantity",
            "cancelled_quantity",
            "shipped_quantity",
            "delivered_quantity",
            "returned_quantity",
            "unit_price",
            "list_price",
            "subtotal",
            "discount",
            "net",
            "tax",
            "total",
            "extra",
        )
        read_only_fields: Sequence[str] = fields


class OrderChargeSerializer(TradepostSerializer[OrderCharge]):
    """A charge beside the goods."""

    amount = MoneyField(currency="order.currency", help_text="Before discounts.")
    discount = MoneyField(currency="order.currency")
    net = MoneyField(currency="order.currency")
    tax = MoneyField(currency="order.currency")
    total = MoneyField(currency="order.currency")

    class Meta:
        model = OrderCharge
        fields: Sequence[str] = ("uuid", "kind", "code", "name", "group", "amount", "discount", "net", "tax", "total")
        read_only_fields: Sequence[str] = fields


class CreditSerializer(TradepostSerializer[Credit]):
    """An amount taken off the order afterwards."""

    reason = EnumField("CreditReason", AbstractCredit.Reason.choices)
    net = MoneyField(currency="order.currency")
    tax = MoneyField(currency="order.currency")
    total = MoneyField(currency="order.currency")

    class Meta:
        model = Credit
        fields: Sequence[str] = ("uuid", "reason", "net", "tax", "total", "created_at")
        read_only_fields: Sequence[str] = fields


class DiscountSumSerializer(Shape):
    """A discount over all rows that it lowered."""

    label = serializers.CharField()  # type: ignore[assignment]
    coupon = serializers.CharField()
    amount = MoneyField(help_text="Below zero.")


class RefusalSerializer(Shape):
    """A reason why a transition can't be made."""

    code = serializers.CharField()
    detail = serializers.CharField(source="reason")


class TransitionSerializer(Shape):
    """A transition that the buyer may make, or why not now."""

    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    refusals = RefusalSerializer(many=True)


class OrderSummarySerializer(TradepostSerializer[Order]):
    """An order in a list."""

    status = EnumField("OrderStatus", status_choices(Order))
    payment_status = EnumField("OrderPaymentStatus", PaymentStatus.choices)
    fulfilment_status = EnumField("OrderFulfilmentStatus", FulfilmentStatus.choices)
    stage = EnumField("OrderStage", stage_choices(Order), help_text="The three statuses in one, for people.")
    total = MoneyField()
    lines = Nested("orders.OrderLine", many=True, on_request=True)
    payments = Nested("payments.Payment", needs="tradepost_payments", many=True, on_request=True)
    shipments = Nested("fulfilment.Shipment", needs="tradepost_fulfilment", many=True, on_request=True)
    extra = Extra("tradepost_orders.Order", own=True, source="*")

    class Meta:
        model = Order
        fields: tuple[str, ...] = (
            "number",
            "uuid",
            "status",
            "payment_status",
            "fulfilment_status",
            "stage",
            "total",
            "placed_at",
            "extra",
            *_ON_REQUEST,
        )
        read_only_fields: Sequence[str] = fields


class OrderSerializer(OrderSummarySerializer):
    """An order with all that was sold."""

    lines = Nested("orders.OrderLine", many=True)
    charges = Nested("orders.OrderCharge", many=True)
    credits = Nested("orders.Credit", many=True)
    payments = Nested("payments.Payment", needs="tradepost_payments", many=True)
    shipments = Nested("fulfilment.Shipment", needs="tradepost_fulfilment", many=True)
    discounts = serializers.SerializerMethodField()
    taxes = serializers.SerializerMethodField()
    transitions = serializers.SerializerMethodField()
    arrivals = serializers.SerializerMethodField(help_text="When it is expected, by delivery group.")
    shipping_address = Nested("checkout.Address", source="ship_to", allow_null=True)
    billing_address = Nested("checkout.Address", source="bill_to", allow_null=True)
    goods_net = MoneyField()
    goods_tax = MoneyField()
    goods_total = MoneyField()
    charges_net = MoneyField()
    charges_tax = MoneyField()
    charges_total = MoneyField()
    discount = MoneyField()
    credited = MoneyField(help_text="Taken off afterwards.")
    due = MoneyField(help_text="What is owed in all.")
    paid = MoneyField(source="net_paid")

    class Meta:
        model = Order
        fields: Sequence[Any] = (
            *(name for name in OrderSummarySerializer.Meta.fields if name not in _ON_REQUEST),
            "currency",
            "prices_include_tax",
            "email",
            "phone",
            "tax_id",
            "customer_note",
            "shipping_address",
            "billing_address",
            "lines",
            "charges",
            "discounts",
            "taxes",
            "credits",
            "payments",
            "shipments",
            "goods_net",
            "goods_tax",
            "goods_total",
            "charges_net",
            "charges_tax",
            "charges_total",
            "discount",
            "credited",
            "due",
            "paid",
            "expires_at",
            "cancelled_at",
            "completed_at",
            "arrivals",
            "transitions",
        )
        read_only_fields: Sequence[str] = fields

    @extend_schema_field(DiscountSumSerializer(many=True))
    @reads("adjustments")
    def get_discounts(self, order: AbstractOrder) -> Any:
        """One for each that was applied, with the sum of its shares."""
        sums: dict[tuple[str, str], dict[str, Any]] = {}
        for row in order.adjustments.all():
            held = sums.setdefault(
                (row.application or row.label, row.coupon_code),
                {"label": row.label, "coupon": row.coupon_code, "amount": Decimal(0)},
            )
            held["amount"] += row.amount
        return DiscountSumSerializer(list(sums.values()), many=True, context={"currency": order.currency}).data

    @extend_schema_field(ArrivalSerializer(many=True))
    def get_arrivals(self, order: AbstractOrder) -> Any:
        """While it is on its way."""
        return ArrivalSerializer(arrivals(order), many=True).data

    @extend_schema_field(TransitionSerializer(many=True))
    def get_transitions(self, order: AbstractOrder) -> Any:
        """List the transitions that are the buyer's."""
        steps = available_transitions(order, By(Actor.CUSTOMER))
        theirs = [step for step in steps if all(refusal.code != "wrong_actor" for refusal in step.refusals)]
        return TransitionSerializer(theirs, many=True).data

    @extend_schema_field(TaxSumSerializer(many=True))
    @reads("taxes")
    def get_taxes(self, order: AbstractOrder) -> Any:
        """By name and rate."""
        return TaxSumSerializer(tax_sums(order.taxes.all()), many=True, context={"currency": order.currency}).data
