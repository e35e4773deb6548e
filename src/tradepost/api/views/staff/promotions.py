"""Promotions and coupons, for staff."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Count, Sum
from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters
from rest_framework.decorators import action
from rest_framework.mixins import ListModelMixin
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response

from tradepost.api.filters import YesNoFilter
from tradepost.api.schema.deferred import extend_schema
from tradepost.api.serializers import serializer_class
from tradepost.core.access import needs
from tradepost.core.db.row_values import one_by_key
from tradepost.core.errors import NotFound
from tradepost.promotions import services
from tradepost.promotions.models import Coupon, Promotion

from .base import StaffViewSet, edits
from .filters import StaffFilters, ordering
from .reports import CsvRenderer

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from rest_framework.request import Request

__all__ = ["StaffCouponViewSet", "StaffPromotionViewSet"]

_MOST_BATCHES = 1000


class StaffPromotionFilter(StaffFilters):
    """Of promotions."""

    columns = ("code", "name", "label")

    is_active = YesNoFilter()
    needs_coupon = YesNoFilter()
    is_exclusive = YesNoFilter()
    channel = filters.CharFilter(max_length=50)
    lane = filters.CharFilter(max_length=50)
    coupon = filters.CharFilter(field_name="coupons__code", lookup_expr="iexact", max_length=40, help_text="Its code.")
    ordering = ordering("priority", "name", "code", "starts_at", "used")


class StaffPromotionViewSet(ListModelMixin, StaffViewSet):
    """Promotions with their conditions and benefits."""

    access = edits("promotions", "promotion")
    queryset = Promotion.objects.none()
    lookup_field = "code"
    lookup_value_regex = r"[-\w]{1,60}"
    filterset_class = StaffPromotionFilter
    serializer_keys = {"list": "staff.PromotionSummary", "": "staff.Promotion"}

    def get_queryset(self) -> QuerySet[Any]:
        """In the order in which they are applied."""
        return Promotion.objects.order_by("-priority", "code")

    @extend_schema(summary="List promotions")
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """In the order in which they are applied."""
        return super().list(request, *args, **kwargs)

    @extend_schema(summary="A promotion", responses="staff.Promotion")
    def retrieve(self, request: Request, code: str) -> Response:
        """With what must hold and what becomes cheaper."""
        return self.written("staff.Promotion", self.row())

    @extend_schema(summary="Create a promotion", request="staff.PromotionInput", responses={201: "staff.Promotion"})
    def create(self, request: Request) -> Response:
        """Conditions and benefits are of some `kind`, which says what fields they have."""
        data = self.read("staff.PromotionInput")
        parts = {name: data.pop(name, ()) for name in ("conditions", "benefits")}
        return self.answer(services.create_promotion(data, **parts), status=201)

    @extend_schema(summary="Change a promotion", request="staff.PromotionInput", responses="staff.Promotion")
    def partial_update(self, request: Request, code: str) -> Response:
        """Values that aren't given stay; a list of conditions or benefits replaces the old one."""
        row, data = self.row(), self.read("staff.PromotionInput", partial=True)
        parts = {name: data.pop(name, None) for name in ("conditions", "benefits")}
        return self.answer(services.change_promotion(row, data, **parts))

    @extend_schema(summary="Delete a promotion", request=None, responses={204: None})
    def destroy(self, request: Request, code: str) -> Response:
        """One that no order has, with its coupons. Others can be switched off."""
        services.remove_promotion(self.row())
        return Response(status=204)


class StaffCouponFilter(StaffFilters):
    """Of coupons."""

    columns = ("code", "batch")

    promotion = filters.CharFilter(field_name="promotion__code", max_length=60, help_text="Its code.")
    batch = filters.CharFilter(max_length=60)
    is_active = YesNoFilter()
    is_used = YesNoFilter(field_name="used", lookup_expr="gt", method="by_use")
    ordering = ordering("code", "created_at", "used")

    def by_use(self, rows: Any, _name: str, value: bool | None) -> Any:  # noqa: FBT001 - django-filter's
        """Those that some order has, or none."""
        return rows if value is None else (rows.filter(used__gt=0) if value else rows.filter(used=0))


class StaffCouponViewSet(ListModelMixin, StaffViewSet):
    """Codes that unlock promotions."""

    access = {
        **edits("promotions", "coupon"),
        "make": needs("tradepost_promotions.add_coupon"),
        **dict.fromkeys(["batches", "batch"], needs("tradepost_promotions.view_coupon")),
    }
    queryset = Coupon.objects.none()
    lookup_field = "code"
    lookup_value_regex = r"[^/]{1,40}"
    filterset_class = StaffCouponFilter
    serializer_keys = {"": "staff.Coupon"}

    def get_queryset(self) -> QuerySet[Any]:
        """The latest first."""
        return Coupon.objects.select_related("promotion").order_by("-pk")

    def row(self) -> Any:
        """By its code, without case."""
        return self.one_of(self.get_queryset(), code=self.kwargs["code"].strip().upper())

    @extend_schema(summary="List coupons")
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The latest first."""
        return super().list(request, *args, **kwargs)

    @extend_schema(summary="A coupon", responses="staff.Coupon")
    def retrieve(self, request: Request, code: str) -> Response:
        """With how often it was used."""
        return self.written("staff.Coupon", self.row())

    @extend_schema(summary="Create a coupon", request="staff.NewCoupon", responses={201: "staff.Coupon"})
    def create(self, request: Request) -> Response:
        """With a code that you choose."""
        data = self.read("staff.NewCoupon")
        promotion = one_by_key(Promotion, "code", data.pop("promotion"), attr="promotion")
        return self.answer(services.create_coupon(promotion, data), status=201)

    @extend_schema(summary="Create many coupons", request="staff.MakeCoupons", responses={201: "staff.CouponBatch"})
    @action(detail=False, methods=["post"], url_path="batches", pagination_class=None, filterset_class=None)
    def make(self, request: Request) -> Response:
        """With codes by chance, 20,000 at most, or with up to 1,000 that you have. They are found again by their batch."""
        data = self.read("staff.MakeCoupons")
        promotion = one_by_key(Promotion, "code", data.pop("promotion"), attr="promotion")
        batch, key = data["batch"], self.once_key()
        if "codes" in data:
            data = {name: value for name, value in data.items() if name not in ("prefix", "length")}
            coupons = services.make_coupons_of_codes(promotion, data.pop("codes"), **data, idempotency_key=key)
        else:
            coupons = services.make_coupons(promotion, data.pop("count"), **data, idempotency_key=key)
        return self.written("staff.CouponBatch", {"batch": batch, "count": len(coupons), "used": 0}, status=201)

    @extend_schema(summary="List batches of coupons", responses=["staff.CouponBatch"])
    @make.mapping.get
    def batches(self, request: Request) -> Response:
        """By name, 1,000 at most, with how many coupons each has and how often they were used."""
        rows = Coupon.objects.exclude(batch="").order_by("batch").values("batch")
        sums = rows.annotate(count=Count("pk"), uses=Sum("used"))[:_MOST_BATCHES]
        shown = [{"batch": row["batch"], "count": row["count"], "used": row["uses"]} for row in sums]
        return Response(self.represent(serializer_class("staff.CouponBatch"), shown, many=True))

    @extend_schema(summary="The coupons of a batch", responses=["staff.Coupon"])
    @action(
        detail=False,
        methods=["get"],
        url_path=r"batches/(?P<batch>[-\w]{1,60})",
        url_name="batch",
        renderer_classes=[JSONRenderer, CsvRenderer],
        pagination_class=None,
        filterset_class=None,
    )
    def batch(self, request: Request, batch: str) -> Response:
        """All of them, in the order in which they were made; `?format=csv` or `Accept: text/csv` for a file."""
        rows = self.get_queryset().filter(batch=batch).order_by("pk")
        if not rows.exists():
            raise NotFound(_("There is no such batch."))
        return Response(self.represent(serializer_class("staff.Coupon"), list(rows), many=True))

    @extend_schema(summary="Change a coupon", request="staff.ChangeCoupon", responses="staff.Coupon")
    def partial_update(self, request: Request, code: str) -> Response:
        """Its code stays, since customers have it."""
        return self.answer(services.change_coupon(self.row(), self.read("staff.ChangeCoupon", partial=True)))

    @extend_schema(summary="Delete a coupon", request=None, responses={204: None})
    def destroy(self, request: Request, code: str) -> Response:
        """One that no order has. Others can be switched off."""
        services.remove_coupon(self.row())
        return Response(status=204)
