"""Views of pickup points."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.mixins import ListModelMixin

from tradepost.api.schema.deferred import extend_schema
from tradepost.core.access import ANYONE
from tradepost.core.addresses.countries import read_country
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

    access = {"list": ANYONE}
    queryset = PickupPoint.objects.none()
    serializer_keys = {"": "shipping.PickupPoint"}
    parameters = frozenset({"method", "country", "postcode"})
    is_private = False

    def get_queryset(self) -> QuerySet[Any]:
        """The open ones of a method, by nearness."""
        asked = self.request.query_params
        if not asked.get("method"):
            raise ValidationError({"method": [ErrorDetail(_("Name a shipping method."), code="required")]})
        country = read_country(asked.get("country", ""))
        return services.pickup_points(asked["method"], country=country, postcode=asked.get("postcode", ""))

    @extend_schema(summary="Pickup points of a shipping method", parameters=_NEAR)
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The nearest first, as far as postcodes tell."""
        response = super().list(request, *args, **kwargs)
        code = request.query_params["method"]
        if not response.data["results"] and not services.is_offered(code):
            raise ValidationError(
                {"method": [ErrorDetail(_("There is no such shipping method."), code="invalid_choice")]}
            )
        return response
