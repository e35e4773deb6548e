"""Shipments of the shop, for its staff."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters
from rest_framework.decorators import action
from rest_framework.mixins import ListModelMixin
from rest_framework.response import Response

from tradepost.api.filters import ChoicesFilter, MomentFilter
from tradepost.api.schema.deferred import extend_schema
from tradepost.api.serializers.fields import states_of
from tradepost.core.access import needs
from tradepost.core.errors import Invalid
from tradepost.fulfilment import services
from tradepost.fulfilment.base import AbstractShipment
from tradepost.fulfilment.models import Shipment
from tradepost.fulfilment.selectors import find_shipment
from tradepost.inventory.models import Location
from tradepost.orders.selectors import find_order, keys_of_lines

from ...baskets import UUID_REGEX
from ..base import StaffViewSet
from .actions import units_of

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from rest_framework.request import Request

__all__ = ["StaffShipmentViewSet"]

_READ = needs("tradepost_fulfilment.view_shipment")
_CHANGE = needs("tradepost_fulfilment.change_shipment")


class StaffShipmentFilter(filters.FilterSet):  # type: ignore[misc]
    """Of all shipments."""

    order = filters.CharFilter(field_name="order__number", max_length=32)
    status = ChoicesFilter(choices=[(state, state) for state in states_of(Shipment)])
    kind = filters.ChoiceFilter(choices=AbstractShipment.Kind.choices)
    carrier = filters.CharFilter(max_length=60)
    location = filters.CharFilter(field_name="location__code", max_length=50)
    tracking_number = filters.CharFilter(max_length=100)
    created_after = MomentFilter(field_name="created_at", lookup_expr="gte")
    created_before = MomentFilter(field_name="created_at", lookup_expr="lt")


class StaffShipmentViewSet(ListModelMixin, StaffViewSet):
    """Parcels, pickups and downloads of all orders."""

    access = {
        "list": _READ,
        "retrieve": _READ,
        "create": needs("tradepost_fulfilment.add_shipment"),
        **dict.fromkeys(["partial_update", "ship", "mark_delivered", "cancel"], _CHANGE),
    }
    queryset = Shipment.objects.none()
    lookup_field = "uuid"
    lookup_value_regex = UUID_REGEX
    filter_backends = [filters.DjangoFilterBackend]
    filterset_class = StaffShipmentFilter
    serializer_keys = {"": "staff.Shipment"}

    def get_queryset(self) -> QuerySet[Any]:
        """The latest first."""
        rows = Shipment.objects.select_related("order", "location").prefetch_related("lines__line")
        return rows.order_by("-pk")

    def shown(self, shipment: AbstractShipment, *, status: int = 200) -> Response:
        """The answer: the shipment, read anew."""
        return self.written("staff.Shipment", self.get_queryset().get(pk=shipment.pk), status=status)

    def shipment(self, uuid: str) -> AbstractShipment:
        """The shipment of the address.

        Raises:
            NotFound: There is none.
        """
        return self.of_address(find_shipment(uuid))

    @extend_schema(summary="List shipments")
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The latest first."""
        return super().list(request, *args, **kwargs)

    @extend_schema(summary="One shipment", responses="staff.Shipment")
    def retrieve(self, request: Request, uuid: str) -> Response:
        """With its lines, and what can be done with it now."""
        return self.shown(self.shipment(uuid))

    @extend_schema(summary="Pack a shipment", request="staff.Pack", responses={201: "staff.Shipment"})
    def create(self, request: Request) -> Response:
        """Units of a confirmed order, which is processed from now on. A refusal (409) says how many units are left."""
        data = self.read("staff.Pack")
        order, place = find_order(data["order"]), data["location"]
        location = Location.objects.filter(code=place, is_active=True).first() if place else None
        if place and location is None:
            raise Invalid(_("There is no such location."), attr="location")
        pack = services.ship_now if data["shipped"] else services.create_shipment
        details = {name: data[name] for name in ("kind", "carrier", "tracking_number", "tracking_url", "group")}
        shipment = pack(
            order,
            keys_of_lines(order, units_of(data["lines"])),
            by=self.by,
            location_id=location.pk if location is not None else None,
            idempotency_key=self.once_key(),
            **details,
        )
        return self.shown(shipment, status=201)

    @extend_schema(summary="Change a shipment's tracking", request="staff.Tracking", responses="staff.Shipment")
    def partial_update(self, request: Request, uuid: str) -> Response:
        """Carrier, number and link; what isn't given stays."""
        data = self.read("staff.Tracking", partial=True)
        return self.shown(services.set_tracking(self.shipment(uuid), by=self.by, **data))

    @extend_schema(summary="Ship a shipment", request=None, responses="staff.Shipment")
    @action(detail=True, methods=["post"])
    def ship(self, request: Request, uuid: str) -> Response:
        """It has left: its units leave the stock, and the customer gets a mail."""
        return self.shown(services.ship(self.shipment(uuid), by=self.by))

    @extend_schema(summary="Deliver a shipment", request=None, responses="staff.Shipment")
    @action(detail=True, methods=["post"], url_path="deliver")
    def mark_delivered(self, request: Request, uuid: str) -> Response:
        """It has arrived."""
        return self.shown(services.deliver(self.shipment(uuid), by=self.by))

    @extend_schema(summary="Unpack a shipment", request=None, responses="staff.Shipment")
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, uuid: str) -> Response:
        """One that hasn't left: its units may be packed again."""
        return self.shown(services.cancel_shipment(self.shipment(uuid), by=self.by))
