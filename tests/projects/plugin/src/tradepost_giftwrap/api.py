"""``gift-wraps/`` for staff."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter
from rest_framework.viewsets import GenericViewSet

from tradepost.api.callers.access import DeclaredAccess
from tradepost.core.access import needs
from tradepost.core.dates import clock

from .models import GiftWrap


class GiftWrapSerializer(serializers.ModelSerializer):
    order = serializers.CharField(source="line.order.number", read_only=True)
    sku = serializers.CharField(source="line.sku", read_only=True)

    class Meta:
        model = GiftWrap
        fields = ("order", "sku", "card", "done_at")


class GiftWrapViewSet(DeclaredAccess, ListModelMixin, GenericViewSet):
    """Lines that are still to be wrapped, the oldest first."""

    queryset = GiftWrap.objects.filter(done_at=None).select_related("line__order").order_by("pk")
    serializer_class = GiftWrapSerializer
    access = {
        "list": needs("tradepost_giftwrap.view_giftwrap"),
        "done": needs("tradepost_giftwrap.change_giftwrap"),
    }
    lookup_field = "line__sku"
    lookup_url_kwarg = "sku"

    @action(detail=True, methods=["post"])
    def done(self, request: Request, **kwargs: Any) -> Response:
        wrap = self.get_object()
        wrap.done_at = clock.now()
        wrap.save(update_fields=["done_at"])
        return Response(self.get_serializer(wrap).data)


def register(router: SimpleRouter) -> None:
    """Add the endpoint to the API."""
    router.register("gift-wraps", GiftWrapViewSet, basename="gift-wraps")
