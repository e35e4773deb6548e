"""Price lists, prices and their history, for staff."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django_filters import rest_framework as filters
from rest_framework.decorators import action
from rest_framework.mixins import ListModelMixin
from rest_framework.response import Response

from tradepost.api.bulk.kinds import PRICES, SET_PRICES, sku_price
from tradepost.api.filters import CurrencyFilter, MomentFilter, YesNoFilter
from tradepost.api.schema.deferred import extend_schema
from tradepost.core.access import needs
from tradepost.pricing import services
from tradepost.pricing.models import Price, PriceChange, PriceList

from .base import StaffViewSet, edits
from .bulk import BULK, BULK_ANSWERS, BulkParser, BulkViewSet
from .filters import StaffFilters, ordering

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from rest_framework.request import Request

__all__ = ["PriceChangeViewSet", "PriceListViewSet", "PriceViewSet"]


class PriceListFilter(StaffFilters):
    """Of price lists."""

    columns = ("code", "name")

    currency = CurrencyFilter()
    channel = filters.CharFilter(max_length=50)
    is_active = YesNoFilter()
    ordering = ordering("priority", "name", "code")


class PriceFilter(StaffFilters):
    """Of prices."""

    columns = ("variant__sku", "variant__product__name")

    price_list = filters.ModelChoiceFilter(queryset=PriceList.objects.all(), to_field_name="code")
    variant = filters.CharFilter(field_name="variant__sku", max_length=255, help_text="SKU.")
    product = filters.CharFilter(field_name="variant__product__slug", max_length=255, help_text="Slug.")
    is_converted = YesNoFilter()
    ordering = ordering("variant__sku", "amount", "updated_at")


class PriceChangeFilter(filters.FilterSet):  # type: ignore[misc]
    """Of changes of prices."""

    price_list = filters.ModelChoiceFilter(queryset=PriceList.objects.all(), to_field_name="code")
    variant = filters.CharFilter(field_name="variant__sku", max_length=255, help_text="SKU.")
    after = MomentFilter(field_name="at", lookup_expr="gte")
    before = MomentFilter(field_name="at", lookup_expr="lt")


class PriceListViewSet(ListModelMixin, StaffViewSet):
    """Price lists: in which currency, for whom and when prices hold."""

    access = {
        **edits("pricing", "pricelist"),
        "set_prices": SET_PRICES,
    }
    queryset = PriceList.objects.none()
    lookup_field = "code"
    lookup_value_regex = r"[-\w]{1,50}"
    filterset_class = PriceListFilter
    serializer_keys = {"": "staff.PriceList"}

    def get_queryset(self) -> QuerySet[Any]:
        """The highest priority first."""
        lists = PriceList.objects.select_related("converts").prefetch_related("groups", "zones")
        return lists.order_by("-priority", "pk")

    @extend_schema(summary="List price lists")
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The highest priority first."""
        return super().list(request, *args, **kwargs)

    @extend_schema(summary="A price list", responses="staff.PriceList")
    def retrieve(self, request: Request, code: str) -> Response:
        """Without its prices, which are at `staff/prices/?price_list=`."""
        return self.written("staff.PriceList", self.row())

    @extend_schema(summary="Create a price list", request="staff.PriceListInput", responses={201: "staff.PriceList"})
    def create(self, request: Request) -> Response:
        """One that follows another has its converted prices at once."""
        return self.answer(services.create_price_list(self.read("staff.PriceListInput")), status=201)

    @extend_schema(summary="Change a price list", request="staff.PriceListInput", responses="staff.PriceList")
    def partial_update(self, request: Request, code: str) -> Response:
        """Only what is given: when it begins and ends, for instance. Its currency and basis stay while it has prices."""
        values = self.read("staff.PriceListInput", partial=True)
        return self.answer(services.change_price_list(self.row(), values))

    @extend_schema(summary="Delete a price list", request=None, responses={204: None})
    def destroy(self, request: Request, code: str) -> Response:
        """With its prices and their history; one that no other follows."""
        services.remove_price_list(self.row())
        return Response(status=204)

    @extend_schema(summary="Set prices of a list", request="staff.PricesInput", responses="staff.Changed")
    @action(detail=True, methods=["post"], url_path="prices")
    def set_prices(self, request: Request, code: str) -> Response:
        """All or none of them. Others stay; one whose amount is null is taken away. Each change stands in the history."""
        prices = [sku_price(row) for row in self.read("staff.PricesInput")["prices"]]
        return self.written("staff.Changed", {"changed": services.set_prices_by_sku(self.row(), prices)})


class PriceViewSet(ListModelMixin, BulkViewSet):
    """Prices of all lists; they are set below their list, or in bulk."""

    access = {"list": needs("tradepost_pricing.view_price"), "set_many": SET_PRICES}
    queryset = Price.objects.none()
    filterset_class = PriceFilter
    serializer_keys = {"": "staff.Price"}

    def get_queryset(self) -> QuerySet[Any]:
        """With their list and variant."""
        return Price.objects.select_related("price_list", "variant").order_by("variant_id", "min_quantity", "pk")

    @extend_schema(summary="List prices")
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """All quantities of a variant follow each other."""
        return super().list(request, *args, **kwargs)

    @extend_schema(summary="Set prices in bulk", parameters=BULK, request="staff.BulkPrices", responses=BULK_ANSWERS)
    @action(detail=False, methods=["post"], url_path="bulk", parser_classes=[BulkParser], filterset_class=None)
    def set_many(self, request: Request) -> Response:
        """Of one list or several; one whose amount is null is taken away. The same again changes nothing.

        Up to 1,000 are set at once (200). More, up to 20,000, are set by a job (202), whose address is in `Location`.
        """
        return self.bulk(PRICES)


class PriceChangeViewSet(ListModelMixin, StaffViewSet):
    """The history of prices, which nobody changes."""

    access = {"list": needs("tradepost_pricing.view_pricechange")}
    queryset = PriceChange.objects.none()
    filterset_class = PriceChangeFilter
    serializer_keys = {"": "staff.PriceChange"}

    def get_queryset(self) -> QuerySet[Any]:
        """The latest first."""
        return PriceChange.objects.select_related("price_list", "variant").order_by("-at", "-pk")

    @extend_schema(summary="List changes of prices")
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The latest first; an amount holds until the next one of the same list, variant and quantity."""
        return super().list(request, *args, **kwargs)
