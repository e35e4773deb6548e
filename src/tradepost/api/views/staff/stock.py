"""Stock for staff: levels, what is booked on them, movements, locations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import F
from django_filters import rest_framework as filters
from rest_framework.decorators import action
from rest_framework.mixins import ListModelMixin
from rest_framework.response import Response

from tradepost.api.bulk.kinds import COUNTS
from tradepost.api.filters import MomentFilter, YesNoFilter
from tradepost.api.schema.deferred import extend_schema
from tradepost.catalogue.models import Variant
from tradepost.core.access import needs
from tradepost.core.db.row_values import one_by_key
from tradepost.inventory import services
from tradepost.inventory.models import Location, StockLevel, StockMovement

from .base import StaffViewSet, edits
from .bulk import BULK, BULK_ANSWERS, BulkParser, BulkViewSet
from .filters import StaffFilters, ordering

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from rest_framework.request import Request

__all__ = ["LocationViewSet", "StockMovementViewSet", "StockViewSet"]

_CHANGE = needs("tradepost_inventory.change_stocklevel")
_STATES = [("low", "low"), ("out", "out")]


class LocationFilter(StaffFilters):
    """Of locations."""

    columns = ("code", "name")

    is_active = YesNoFilter()
    ordering = ordering("priority", "name", "code")


class StockFilter(StaffFilters):
    """Of stock levels."""

    columns = ("variant__sku", "variant__barcode", "variant__product__name")

    variant = filters.CharFilter(field_name="variant__sku", max_length=255, help_text="SKU.")
    product = filters.CharFilter(field_name="variant__product__slug", max_length=255, help_text="Slug.")
    location = filters.ModelChoiceFilter(queryset=Location.objects.all(), to_field_name="code")
    state = filters.ChoiceFilter(choices=_STATES, method="in_state", help_text="Low or oversold; or sold out.")
    ordering = ordering("variant__sku", "on_hand", "reserved")

    def in_state(self, rows: Any, _name: str, state: str) -> Any:
        """As the admin's filter has it."""
        return rows.low() if state == "low" else rows.filter(on_hand__lte=F("reserved"))


class StockMovementFilter(filters.FilterSet):  # type: ignore[misc]
    """Of movements."""

    variant = filters.CharFilter(field_name="variant__sku", max_length=255, help_text="SKU.")
    location = filters.ModelChoiceFilter(queryset=Location.objects.all(), to_field_name="code")
    kind = filters.ChoiceFilter(choices=StockMovement.Kind.choices)
    cause_kind = filters.CharFilter(max_length=20)
    cause_key = filters.CharFilter(max_length=64)
    after = MomentFilter(field_name="created_at", lookup_expr="gte")
    before = MomentFilter(field_name="created_at", lookup_expr="lt")


class StockViewSet(ListModelMixin, BulkViewSet):
    """Stock by variant and location. Units change by what is booked, never by editing."""

    access = {
        "list": needs("tradepost_inventory.view_stocklevel"),
        "receive": _CHANGE,
        "count": _CHANGE,
        "adjust": _CHANGE,
        "move": _CHANGE,
        "set_limits": _CHANGE,
        "count_many": COUNTS.access,
    }
    queryset = StockLevel.objects.none()
    filterset_class = StockFilter
    serializer_keys = {"": "staff.StockLevel"}

    def get_queryset(self) -> QuerySet[Any]:
        """With their variant and location."""
        return StockLevel.objects.select_related("variant", "location").order_by("variant_id", "location_id")

    @extend_schema(summary="List stock")
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """A row for each variant and location that ever held some."""
        return super().list(request, *args, **kwargs)

    @extend_schema(summary="Receive units", request="staff.ReceiveInput", responses="staff.StockLevel")
    @action(detail=False, methods=["post"])
    def receive(self, request: Request) -> Response:
        """That arrived at a location."""
        values = self.read("staff.ReceiveInput")
        return self.answer(services.receive(*_place(values), values["quantity"], **self._by(values)))

    @extend_schema(summary="Count units", request="staff.CountInput", responses="staff.StockLevel")
    @action(detail=False, methods=["post"])
    def count(self, request: Request) -> Response:
        """That are on the shelf of a location, even if they are fewer than what is promised."""
        values = self.read("staff.CountInput")
        return self.answer(services.count(*_place(values), values["counted"], **self._by(values)))

    @extend_schema(summary="Adjust units", request="staff.AdjustInput", responses="staff.StockLevel")
    @action(detail=False, methods=["post"])
    def adjust(self, request: Request) -> Response:
        """By those that were found, or are broken or lost."""
        values = self.read("staff.AdjustInput")
        return self.answer(services.adjust(*_place(values), values["delta"], **self._by(values)))

    @extend_schema(summary="Move units", request="staff.MoveInput", responses={200: "staff.StockLevels"})
    @action(detail=False, methods=["post"], filterset_class=None)
    def move(self, request: Request) -> Response:
        """To another location; what is promised to somebody stays."""
        values = self.read("staff.MoveInput")
        variant, source = _variant(values), _location(values, "source")
        target = _location(values, "target")
        services.move({variant: values["quantity"]}, source, target, **self._by(values))
        levels = self.get_queryset().filter(variant=variant, location__in=[source, target])
        return self.written("staff.StockLevels", {"levels": levels})

    @extend_schema(summary="Set the limits of stock", request="staff.LimitsInput", responses="staff.StockLevel")
    @action(detail=False, methods=["post"], url_path="limits")
    def set_limits(self, request: Request) -> Response:
        """Of one variant at one location: backorders, and when low stock is reported."""
        values = self.read("staff.LimitsInput")
        place = _place(values)
        limits = {name: value for name, value in values.items() if name not in ("variant", "location")}
        return self.answer(services.set_limits(*place, limits))

    @extend_schema(summary="Count units in bulk", parameters=BULK, request="staff.BulkCounts", responses=BULK_ANSWERS)
    @action(detail=False, methods=["post"], url_path="bulk", parser_classes=[BulkParser])
    def count_many(self, request: Request) -> Response:
        """A stocktaking, at one location or several. The same again books nothing more.

        Up to 1,000 are booked at once (200). More, up to 20,000, are booked by a job (202), whose address is in `Location`.
        """
        return self.bulk(COUNTS)

    def _by(self, values: Any) -> dict[str, Any]:
        return {"by": self.by, "note": values["note"], "idempotency_key": self.once_key()}


class StockMovementViewSet(ListModelMixin, StaffViewSet):
    """Every change of stock, for ever."""

    access = {"list": needs("tradepost_inventory.view_stockmovement")}
    queryset = StockMovement.objects.none()
    filterset_class = StockMovementFilter
    serializer_keys = {"": "staff.StockMovement"}

    def get_queryset(self) -> QuerySet[Any]:
        """The latest first."""
        return StockMovement.objects.select_related("variant", "location").order_by("-pk")

    @extend_schema(summary="List movements of stock")
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The latest first; the two of a move have one `cause_key`."""
        return super().list(request, *args, **kwargs)


class LocationViewSet(ListModelMixin, StaffViewSet):
    """Places that hold stock."""

    access = edits("inventory", "location")
    queryset = Location.objects.none()
    lookup_field = "code"
    lookup_value_regex = r"[-\w]{1,50}"
    filterset_class = LocationFilter
    serializer_keys = {"": "staff.Location"}

    def get_queryset(self) -> QuerySet[Any]:
        """As they are used, the first one first."""
        return Location.objects.order_by("priority", "pk")

    @extend_schema(summary="List locations")
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """As they are used, the first one first."""
        return super().list(request, *args, **kwargs)

    @extend_schema(summary="A location", responses="staff.Location")
    def retrieve(self, request: Request, code: str) -> Response:
        """By its code."""
        return self.written("staff.Location", self.row())

    @extend_schema(summary="Create a location", request="staff.LocationInput", responses={201: "staff.Location"})
    def create(self, request: Request) -> Response:
        """Empty at first."""
        return self.answer(services.create_location(self.read("staff.LocationInput")), status=201)

    @extend_schema(summary="Change a location", request="staff.LocationInput", responses="staff.Location")
    def partial_update(self, request: Request, code: str) -> Response:
        """Only what is given. What is at one that isn't active isn't sold."""
        values = self.read("staff.LocationInput", partial=True)
        return self.answer(services.change_location(self.row(), values))

    @extend_schema(summary="Delete a location", request=None, responses={204: None})
    def destroy(self, request: Request, code: str) -> Response:
        """One that never held anything; others are made inactive."""
        services.remove_location(self.row())
        return Response(status=204)


def _variant(values: Any) -> int:
    return int(one_by_key(Variant, "sku", values["variant"], attr="variant").pk)


def _location(values: Any, name: str = "location") -> int:
    return int(one_by_key(Location, "code", values[name], attr=name).pk)


def _place(values: Any) -> tuple[int, int]:
    return _variant(values), _location(values)
