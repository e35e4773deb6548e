"""Zones, taxes and exchange rates, for staff."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django_filters import rest_framework as filters
from rest_framework.decorators import action
from rest_framework.mixins import ListModelMixin
from rest_framework.response import Response

from tradepost.api.filters import CountryFilter, CurrencyFilter, MomentFilter, YesNoFilter
from tradepost.api.schema.deferred import extend_schema
from tradepost.core.access import needs
from tradepost.pricing import services
from tradepost.pricing.models import ExchangeRate, TaxClass, TaxRate, Zone

from ..base import StaffViewSet, edits
from ..filters import StaffFilters, ordering

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from rest_framework.request import Request

__all__ = ["ExchangeRateViewSet", "TaxClassViewSet", "TaxRateViewSet", "ZoneViewSet"]

_CODE = r"[-\w]{1,50}"


class ZoneFilter(StaffFilters):
    """Of zones."""

    columns = ("code", "name", "areas__country")

    is_home = YesNoFilter()
    country = CountryFilter(field_name="areas__country", distinct=True, help_text="Of an area, as in DE.")
    ordering = ordering("priority", "name", "code")


class TaxClassFilter(StaffFilters):
    """Of tax classes."""

    columns = ("code", "name")

    ordering = ordering("name", "code")


class TaxRateFilter(StaffFilters):
    """Of tax rates."""

    columns = ("name", "jurisdiction")

    zone = filters.ModelChoiceFilter(queryset=Zone.objects.all(), to_field_name="code")
    tax_class = filters.ModelChoiceFilter(queryset=TaxClass.objects.all(), to_field_name="code")


class ExchangeRateFilter(filters.FilterSet):  # type: ignore[misc]
    """Of exchange rates."""

    currency = CurrencyFilter()
    after = MomentFilter(field_name="valid_from", lookup_expr="gte")
    before = MomentFilter(field_name="valid_from", lookup_expr="lt")


class ZoneViewSet(ListModelMixin, StaffViewSet):
    """Zones: places that are taxed or delivered to alike."""

    access = {
        **edits("pricing", "zone"),
        "set_tax_rates": needs(*(f"tradepost_pricing.{verb}_taxrate" for verb in ("add", "change", "delete"))),
    }
    queryset = Zone.objects.none()
    lookup_field = "code"
    lookup_value_regex = _CODE
    filterset_class = ZoneFilter
    serializer_keys = {"": "staff.Zone"}

    def get_queryset(self) -> QuerySet[Any]:
        """With their areas."""
        return Zone.objects.prefetch_related("areas").order_by("priority", "name", "pk")

    @extend_schema(summary="List zones")
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """By priority and name, with their areas; their taxes are at `staff/tax-rates/`."""
        return super().list(request, *args, **kwargs)

    @extend_schema(summary="A zone", responses="staff.Zone")
    def retrieve(self, request: Request, code: str) -> Response:
        """With its areas; its taxes are at `staff/tax-rates/?zone=`."""
        return self.written("staff.Zone", self.row())

    @extend_schema(summary="Create a zone", request="staff.ZoneInput", responses={201: "staff.Zone"})
    def create(self, request: Request) -> Response:
        """Nothing is taxed in it until it has tax rates."""
        return self.answer(services.create_zone(self.read("staff.ZoneInput")), status=201)

    @extend_schema(summary="Change a zone", request="staff.ZoneInput", responses="staff.Zone")
    def partial_update(self, request: Request, code: str) -> Response:
        """Only what is given; `areas` replaces all that it has."""
        values = self.read("staff.ZoneInput", partial=True)
        return self.answer(services.change_zone(self.row(), values))

    @extend_schema(summary="Delete a zone", request=None, responses={204: None})
    def destroy(self, request: Request, code: str) -> Response:
        """With its tax rates; one that no price list and no shipping method is bound to."""
        services.remove_zone(self.row())
        return Response(status=204)

    @extend_schema(summary="Set tax rates of a zone", request="staff.TaxRatesInput", responses="staff.Changed")
    @action(detail=True, methods=["post"], url_path="tax-rates")
    def set_tax_rates(self, request: Request, code: str) -> Response:
        """All or none of them, by tax class and name. Others stay; one whose rate is null is taken away."""
        changed = services.set_tax_rates(self.row(), self.read("staff.TaxRatesInput")["rates"])
        return self.written("staff.Changed", {"changed": changed})


class TaxClassViewSet(ListModelMixin, StaffViewSet):
    """Tax classes, which goods and charges name by their codes."""

    access = edits("pricing", "taxclass")
    queryset = TaxClass.objects.none()
    lookup_field = "code"
    lookup_value_regex = _CODE
    filterset_class = TaxClassFilter
    serializer_keys = {"": "staff.TaxClass"}

    def get_queryset(self) -> QuerySet[Any]:
        """By name."""
        return TaxClass.objects.order_by("name", "pk")

    @extend_schema(summary="List tax classes")
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """By name."""
        return super().list(request, *args, **kwargs)

    @extend_schema(summary="A tax class", responses="staff.TaxClass")
    def retrieve(self, request: Request, code: str) -> Response:
        """By its code."""
        return self.written("staff.TaxClass", self.row())

    @extend_schema(summary="Create a tax class", request="staff.TaxClassInput", responses={201: "staff.TaxClass"})
    def create(self, request: Request) -> Response:
        """It is taxed where a zone has a rate for it."""
        return self.answer(services.create_tax_class(self.read("staff.TaxClassInput")), status=201)

    @extend_schema(summary="Change a tax class", request="staff.TaxClassInput", responses="staff.TaxClass")
    def partial_update(self, request: Request, code: str) -> Response:
        """Only what is given; its code stays while something is sold under it."""
        values = self.read("staff.TaxClassInput", partial=True)
        return self.answer(services.change_tax_class(self.row(), values))

    @extend_schema(summary="Delete a tax class", request=None, responses={204: None})
    def destroy(self, request: Request, code: str) -> Response:
        """With its rates; one under which nothing is sold."""
        services.remove_tax_class(self.row())
        return Response(status=204)


class TaxRateViewSet(ListModelMixin, StaffViewSet):
    """Tax rates of all zones; they are set below their zone."""

    access = {"list": needs("tradepost_pricing.view_taxrate")}
    queryset = TaxRate.objects.none()
    filterset_class = TaxRateFilter
    serializer_keys = {"": "staff.TaxRate"}

    def get_queryset(self) -> QuerySet[Any]:
        """As they are applied."""
        return TaxRate.objects.in_order().select_related("zone", "tax_class")

    @extend_schema(summary="List tax rates")
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """In the order in which they are applied, compound ones last."""
        return super().list(request, *args, **kwargs)


class ExchangeRateViewSet(ListModelMixin, StaffViewSet):
    """Exchange rates on file; the latest that has begun counts."""

    access = {
        "list": needs("tradepost_pricing.view_exchangerate"),
        "create": needs("tradepost_pricing.add_exchangerate", "tradepost_pricing.change_exchangerate"),
        "remove": needs("tradepost_pricing.delete_exchangerate"),
    }
    queryset = ExchangeRate.objects.none()
    filterset_class = ExchangeRateFilter
    serializer_keys = {"": "staff.ExchangeRate"}

    def get_queryset(self) -> QuerySet[Any]:
        """The latest first."""
        return ExchangeRate.objects.order_by("-valid_from", "currency", "pk")

    @extend_schema(summary="List exchange rates")
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The latest first, those that are still to begin among them."""
        return super().list(request, *args, **kwargs)

    @extend_schema(
        summary="Set an exchange rate", request="staff.ExchangeRateInput", responses={201: "staff.ExchangeRate"}
    )
    def create(self, request: Request) -> Response:
        """From a moment on; the rate of the same moment is replaced. Prices that follow another list are converted by it."""
        values = self.read("staff.ExchangeRateInput")
        rate = services.set_exchange_rate(values["currency"], values["rate"], valid_from=values.get("valid_from"))
        return self.answer(rate, status=201)

    @extend_schema(summary="Take an exchange rate away", request="staff.ExchangeRateNamed", responses={204: None})
    @action(detail=False, methods=["post"], filterset_class=None)
    def remove(self, request: Request) -> Response:
        """That of a moment, which was a mistake; the one before it holds again."""
        values = self.read("staff.ExchangeRateNamed")
        services.remove_exchange_rate(values["currency"], valid_from=values["valid_from"])
        return Response(status=204)
