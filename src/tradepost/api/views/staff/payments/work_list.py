"""The work list: money that doesn't fit, disputes, deliveries that failed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import F
from django_filters import rest_framework as filters
from rest_framework.decorators import action
from rest_framework.exceptions import PermissionDenied
from rest_framework.mixins import ListModelMixin
from rest_framework.response import Response

from tradepost.api.filters import ChoicesFilter, MomentFilter, YesNoFilter
from tradepost.api.schema.deferred import extend_schema
from tradepost.core.access import needs
from tradepost.payments import services
from tradepost.payments.base import AbstractDiscrepancy, AbstractDispute, AbstractWebhookReceipt
from tradepost.payments.models import Discrepancy, Dispute, WebhookReceipt
from tradepost.payments.reconciliation import resolutions

from ...baskets import UUID_REGEX
from ..base import StaffViewSet
from .payments import amount_of

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from rest_framework.request import Request

__all__ = ["StaffDiscrepancyViewSet", "StaffDisputeViewSet", "StaffReceiptViewSet"]

_READ = needs("tradepost_payments.view_discrepancy")


class DiscrepancyFilter(filters.FilterSet):  # type: ignore[misc]
    """Of all discrepancies."""

    kind = ChoicesFilter(choices=AbstractDiscrepancy.Kind.choices)
    open = YesNoFilter(field_name="resolved_at", lookup_expr="isnull")
    order = filters.CharFilter(field_name="order__number", max_length=32)
    payment = filters.UUIDFilter(field_name="payment__uuid")
    created_after = MomentFilter(field_name="created_at", lookup_expr="gte")
    created_before = MomentFilter(field_name="created_at", lookup_expr="lt")


class StaffDiscrepancyViewSet(ListModelMixin, StaffViewSet):
    """Open ones first."""

    access = {"list": _READ, "retrieve": _READ, "resolve": needs("tradepost_payments.change_discrepancy")}
    queryset = Discrepancy.objects.none()
    lookup_field = "uuid"
    lookup_value_regex = UUID_REGEX
    filter_backends = [filters.DjangoFilterBackend]
    filterset_class = DiscrepancyFilter
    serializer_keys = {"list": "staff.Discrepancy", "": "staff.DiscrepancyDetail"}

    def get_queryset(self) -> QuerySet[Any]:
        """Those that wait first, then the latest."""
        rows = Discrepancy.objects.select_related("order", "payment__order", "resolved_by")
        return rows.order_by(F("resolved_at").asc(nulls_first=True), "-pk")

    @extend_schema(summary="List discrepancies", responses="staff.Discrepancy")
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Money that doesn't fit, with advice; open ones first."""
        return super().list(request, *args, **kwargs)

    @extend_schema(summary="One discrepancy", responses="staff.DiscrepancyDetail")
    def retrieve(self, request: Request, uuid: str) -> Response:
        """With what can be done about it now."""
        return self.written("staff.DiscrepancyDetail", resolutions.find_discrepancy(uuid))

    @extend_schema(summary="Resolve a discrepancy", request="staff.Resolve", responses="staff.DiscrepancyDetail")
    @action(detail=True, methods=["post"])
    def resolve(self, request: Request, uuid: str) -> Response:
        """By one of its remedies: refund the surplus, accept what was paid, reinstate the order, say that it wasn't paid, book
        or strike out by hand, or dismiss it. Some need a permission of their own.
        """
        row, data = resolutions.find_discrepancy(uuid), self.read("staff.Resolve")
        how, given = data["how"], data["amount"]
        if (permission := resolutions.PERMISSIONS.get(how)) and not request.user.has_perm(permission):
            raise PermissionDenied
        amount = amount_of(row.payment, given) if row.payment is not None else None
        facts = {name: data[name] for name in ("note", "reference", "refunded")}
        resolutions.resolve(row, how, by=self.by, amount=amount, **facts)
        return self.written("staff.DiscrepancyDetail", resolutions.find_discrepancy(uuid))


class DisputeFilter(filters.FilterSet):  # type: ignore[misc]
    """Of all disputes."""

    status = ChoicesFilter(choices=AbstractDispute.Status.choices)
    gateway = filters.CharFilter(max_length=50)
    order = filters.CharFilter(field_name="payment__order__number", max_length=32)
    is_inquiry = YesNoFilter()


class StaffDisputeViewSet(ListModelMixin, StaffViewSet):
    """Evidence is sent in the provider's dashboard, so there is nothing to do here."""

    access = {"list": needs("tradepost_payments.view_dispute")}
    queryset = Dispute.objects.none()
    filter_backends = [filters.DjangoFilterBackend]
    filterset_class = DisputeFilter
    serializer_keys = {"": "staff.Dispute"}

    def get_queryset(self) -> QuerySet[Any]:
        """Those that wait for an answer first, the most pressing at the head."""
        rows = Dispute.objects.select_related("payment__order")
        return rows.order_by(F("closed_at").asc(nulls_first=True), F("evidence_due").asc(nulls_last=True), "pk")

    @extend_schema(summary="List disputes")
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Those that wait for an answer first, the most pressing at the head."""
        return super().list(request, *args, **kwargs)


class ReceiptFilter(filters.FilterSet):  # type: ignore[misc]
    """Of all deliveries."""

    state = ChoicesFilter(choices=AbstractWebhookReceipt.State.choices)
    gateway = filters.CharFilter(max_length=50)
    kind = filters.CharFilter(max_length=20)
    event = filters.CharFilter(field_name="event_id", max_length=200)
    received_after = MomentFilter(field_name="received_at", lookup_expr="gte")
    received_before = MomentFilter(field_name="received_at", lookup_expr="lt")


class StaffReceiptViewSet(ListModelMixin, StaffViewSet):
    """Deliveries of providers, without what was in them."""

    access = {
        "list": needs("tradepost_payments.view_webhookreceipt"),
        "retry": needs("tradepost_payments.change_webhookreceipt"),
    }
    queryset = WebhookReceipt.objects.none()
    filter_backends = [filters.DjangoFilterBackend]
    filterset_class = ReceiptFilter
    serializer_keys = {"": "staff.Receipt"}

    def get_queryset(self) -> QuerySet[Any]:
        """The latest first."""
        return WebhookReceipt.objects.order_by("-pk")

    @extend_schema(summary="List webhook deliveries")
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The latest first."""
        return super().list(request, *args, **kwargs)

    @extend_schema(summary="Process a delivery again", request="staff.RetryReceipt", responses="staff.Receipt")
    @action(detail=False, methods=["post"])
    def retry(self, request: Request) -> Response:
        """The provider is asked, and what it says is booked. What went wrong again is in `error`."""
        data = self.read("staff.RetryReceipt")
        return self.written("staff.Receipt", services.process_again(data["gateway"], data["event"]))
