"""Where parcels can be fetched."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from drf_spectacular.utils import OpenApiParameter
from rest_framework.mixins import ListModelMixin

from tradepost.api.schema.description import extend_schema
from tradepost.shipping import services
from tradepost.shipping.models import PickupPoint

from .base import TradepostViewSet

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from rest_framework.request import Request
    from rest_framework.response import Response

__all__ = ["PickupPointViewSet"]

_NEAR = [
    OpenApiParameter("method", str, required=True, description="Code of the shipping method."),
    OpenApiParameter("country", str, description="ISO 3166-1 alpha-2: only those in it."),
    OpenApiParameter("postcode", str, description="Those near it come first."),
]


class PickupPointViewSet(ListModelMixin, TradepostViewSet):
    """Places where customers fetch their parcels."""

    queryset = PickupPoint.objects.none()
    serializer_keys = {"": "shipping.PickupPoint"}
    parameters = frozenset({"method", "country", "postcode"})
    is_private = False

    def get_queryset(self) -> QuerySet[Any]:
        """The open ones of a method, by nearness."""
        wanted = self.request.query_params
        return services.pickup_points(
            wanted.get("method", ""), country=wanted.get("country", ""), postcode=wanted.get("postcode", "")
        )

    @extend_schema(summary="Pickup points of a shipping method", parameters=_NEAR)
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The nearest first, as far as postcodes tell."""
        return super().list(request, *args, **kwargs)
