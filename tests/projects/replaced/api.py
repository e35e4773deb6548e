"""The shop's own parts of the API: fields of its models, and a call that ours doesn't have."""

from __future__ import annotations

from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from tradepost.api.schema import extend_schema
from tradepost.api.serializers import catalogue, orders
from tradepost.api.views.payments import PayableOrderViewSet
from tradepost.core.access import OWN
from tradepost.orders.models import Order


class ProductSerializer(catalogue.ProductSerializer):
    """A product, with its ISBN."""

    isbn = serializers.CharField(source="product.isbn")


class OrderSerializer(orders.OrderSerializer):
    """An order, with what the card says."""

    class Meta(orders.OrderSerializer.Meta):
        fields = (*orders.OrderSerializer.Meta.fields, "gift_message")
        read_only_fields = fields


class GiftSerializer(serializers.ModelSerializer):
    class Meta:
        model = Order
        fields = ("gift_message",)


class OrderViewSet(PayableOrderViewSet):
    """Ours, and a call to write the card."""

    access = {**PayableOrderViewSet.access, "gift": OWN}

    @extend_schema(summary="Write the card", request=GiftSerializer, responses=OrderSerializer)
    @action(detail=True, methods=["post"])
    def gift(self, request: Request, number: str) -> Response:
        """Until the order is being packed."""
        order = self.get_order()
        form = GiftSerializer(order, data=request.data)
        form.is_valid(raise_exception=True)
        form.save()
        return self.shown(order)
