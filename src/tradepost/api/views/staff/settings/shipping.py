"""Shipping methods and pickup points, for staff."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters
from rest_framework.decorators import action
from rest_framework.mixins import ListModelMixin
from rest_framework.response import Response

from tradepost.api.filters import CountryFilter, CurrencyFilter, YesNoFilter
from tradepost.api.schema.deferred import extend_schema
from tradepost.basket.services import dry_run
from tradepost.core.access import needs
from tradepost.core.errors import Invalid
from tradepost.pricing.models import Zone
from tradepost.shipping import services
from tradepost.shipping.models import PickupPoint, ShippingMethod

from ..base import StaffViewSet, edits
from ..filters import StaffFilters, ordering

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from rest_framework.request import Request

__all__ = ["StaffPickupPointViewSet", "StaffShippingMethodViewSet"]

_CODE = r"[-\w]{1,50}"


class ShippingMethodFilter(StaffFilters):
    """Of shipping methods."""

    columns = ("code", "name")

    is_active = YesNoFilter()
    currency = CurrencyFilter()
    zone = filters.ModelChoiceFilter(field_name="zones", queryset=Zone.objects.all(), to_field_name="code")
    ordering = ordering("position", "name", "code")


class StaffPickupPointFilter(StaffFilters):
    """Of pickup points."""

    columns = ("code", "name", "city", "postcode")

    is_active = YesNoFilter()
    country = CountryFilter(help_text="As in DE.")
    method = filters.CharFilter(field_name="methods__code", max_length=50, help_text="Code of a shipping method.")
    ordering = ordering("position", "name", "code")


class StaffShippingMethodViewSet(ListModelMixin, StaffViewSet):
    """Ways to deliver, of all kinds, those that are switched off too."""

    access = {
        **edits("shipping", "shippingmethod"),
        "arrange": needs("tradepost_shipping.change_shippingmethod"),
        "quotes": needs("tradepost_shipping.view_shippingmethod", "tradepost_basket.dry_run_basket"),
    }
    queryset = ShippingMethod.objects.none()
    lookup_field = "code"
    lookup_value_regex = _CODE
    filterset_class = ShippingMethodFilter
    serializer_keys = {"": "staff.ShippingMethod"}

    def get_queryset(self) -> QuerySet[Any]:
        """In their order, each as its own kind."""
        methods: Any = ShippingMethod.objects
        others = ("zones", "excluded_products", "excluded_collections")
        rows: QuerySet[Any] = methods.prefetch_related(*others).order_by("position", "pk")
        return rows

    @extend_schema(summary="List shipping methods")
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """As customers see them, the first one first."""
        return super().list(request, *args, **kwargs)

    @extend_schema(summary="A shipping method", responses="staff.ShippingMethod")
    def retrieve(self, request: Request, code: str) -> Response:
        """With what it costs, where it goes and what it carries."""
        return self.written("staff.ShippingMethod", self.row())

    @extend_schema(
        summary="Create a shipping method",
        request="staff.ShippingMethodInput",
        responses={201: "staff.ShippingMethod"},
    )
    def create(self, request: Request) -> Response:
        """Of the kind that `costs` names, in whose currency all amounts are."""
        values = _in_one_currency(self.read("staff.ShippingMethodInput"))
        return self.answer(services.create_shipping_method(values, values.pop("costs")), status=201)

    @extend_schema(
        summary="Change a shipping method", request="staff.ShippingMethodInput", responses="staff.ShippingMethod"
    )
    def partial_update(self, request: Request, code: str) -> Response:
        """Only what is given; it stays of its kind, and another currency needs all amounts with it."""
        values, method = self.read("staff.ShippingMethodInput", partial=True), self.row()
        values = _in_one_currency(values, method.currency)
        return self.answer(services.change_shipping_method(method, values, values.pop("costs", None)))

    @extend_schema(summary="Delete a shipping method", request=None, responses={204: None})
    def destroy(self, request: Request, code: str) -> Response:
        """One that reaches no pickup point; orders keep its name and what they paid."""
        services.remove_shipping_method(self.row())
        return Response(status=204)

    @extend_schema(summary="Order the shipping methods", request="staff.ShippingMethodsInOrder", responses={204: None})
    @action(detail=False, methods=["post"], url_path="in-order", filterset_class=None)
    def arrange(self, request: Request) -> Response:
        """As they are named; the others follow."""
        services.order_shipping_methods(self.read("staff.ShippingMethodsInOrder")["shipping_methods"])
        return Response(status=204)

    @extend_schema(
        summary="What deliveries would cost", request="staff.TryDelivery", responses={200: "staff.DeliveryQuotes"}
    )
    @action(detail=False, methods=["post"], filterset_class=None)
    def quotes(self, request: Request) -> Response:
        """Of some goods to some place, by each method in the currency; or why one isn't on offer. Nothing is written."""
        values = self.read("staff.TryDelivery")
        items: dict[str, int] = {}
        for item in values.pop("items"):
            items[item["variant"]] = items.get(item["variant"], 0) + item["quantity"]
        view = dry_run(items, **{**values, "currency": values["currency"].upper()})
        return self.written("staff.DeliveryQuotes", view, currency=view.totals.currency)


class StaffPickupPointViewSet(ListModelMixin, StaffViewSet):
    """Places where customers fetch their parcels, those that are switched off too."""

    access = {**edits("shipping", "pickuppoint"), "arrange": needs("tradepost_shipping.change_pickuppoint")}
    queryset = PickupPoint.objects.none()
    lookup_field = "code"
    lookup_value_regex = _CODE
    filterset_class = StaffPickupPointFilter
    serializer_keys = {"": "staff.PickupPoint"}

    def get_queryset(self) -> QuerySet[Any]:
        """With the methods that reach them."""
        return PickupPoint.objects.prefetch_related("methods").order_by("position", "name", "pk")

    @extend_schema(summary="List all pickup points")
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """In their order."""
        return super().list(request, *args, **kwargs)

    @extend_schema(summary="A pickup point", responses="staff.PickupPoint")
    def retrieve(self, request: Request, code: str) -> Response:
        """With the methods that reach it."""
        return self.written("staff.PickupPoint", self.row())

    @extend_schema(
        summary="Create a pickup point", request="staff.PickupPointInput", responses={201: "staff.PickupPoint"}
    )
    def create(self, request: Request) -> Response:
        """The methods that reach it deliver to points only from then on."""
        return self.answer(services.create_pickup_point(self.read("staff.PickupPointInput")), status=201)

    @extend_schema(summary="Change a pickup point", request="staff.PickupPointInput", responses="staff.PickupPoint")
    def partial_update(self, request: Request, code: str) -> Response:
        """Only what is given; `methods` replaces those that reach it."""
        values = self.read("staff.PickupPointInput", partial=True)
        return self.answer(services.change_pickup_point(self.row(), values))

    @extend_schema(summary="Delete a pickup point", request=None, responses={204: None})
    def destroy(self, request: Request, code: str) -> Response:
        """Orders keep its address."""
        services.remove_pickup_point(self.row())
        return Response(status=204)

    @extend_schema(summary="Order the pickup points", request="staff.PickupPointsInOrder", responses={204: None})
    @action(detail=False, methods=["post"], url_path="in-order", filterset_class=None)
    def arrange(self, request: Request) -> Response:
        """As they are named; the others follow."""
        services.order_pickup_points(self.read("staff.PickupPointsInOrder")["pickup_points"])
        return Response(status=204)


def _in_one_currency(values: dict[str, Any], currency: str = "") -> dict[str, Any]:
    """The amounts of a method as plain numbers.

    Args:
        currency: Of the method, where the call names none.

    Raises:
        Invalid: One is in another currency than the method.
    """
    currency = values.get("currency", currency)

    def plain(place: str, value: Any) -> Any:
        if not hasattr(value, "currency"):
            return value
        if str(value.currency) != currency:
            text = _("The amounts of this method are in %(currency)s.") % {"currency": currency}
            raise Invalid(text, attr=place, currency=currency)
        return value.amount

    costs = {name: plain(f"costs.{name}", value) for name, value in values.get("costs", {}).items()}
    fields = {name: plain(name, value) for name, value in values.items()}
    return {**fields, "costs": costs} if "costs" in values else fields
