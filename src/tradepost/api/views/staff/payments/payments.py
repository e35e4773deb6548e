"""Payments of all orders: looked at, captured, refunded, cancelled, booked by hand."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters
from rest_framework.decorators import action
from rest_framework.mixins import ListModelMixin
from rest_framework.response import Response

from tradepost.api.filters import ChoicesFilter, CurrencyFilter, MomentFilter, YesNoFilter
from tradepost.api.schema.deferred import extend_schema
from tradepost.core.access import needs
from tradepost.core.errors import Invalid
from tradepost.orders.models import Order
from tradepost.orders.states import PaymentStatus
from tradepost.payments import services
from tradepost.payments.base import AbstractPayment
from tradepost.payments.models import Discrepancy, Dispute, Payment, WebhookReceipt
from tradepost.payments.reconciliation import by_hand, resolutions

from ...baskets import UUID_REGEX
from ..base import StaffViewSet
from ..orders.filters import Ordering

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from rest_framework.request import Request

__all__ = ["StaffPaymentFilter", "StaffPaymentViewSet", "amount_of"]

_READ = needs("tradepost_payments.view_payment")
_MOVE = needs(resolutions.MOVE_MONEY)
_BOOK = needs(resolutions.BOOK_BY_HAND)
_WAITING = needs("tradepost_payments.view_payment", "tradepost_payments.view_discrepancy")


class StaffPaymentFilter(filters.FilterSet):  # type: ignore[misc]
    """Of all payments."""

    order = filters.CharFilter(field_name="order__number", max_length=32)
    status = ChoicesFilter(choices=AbstractPayment.Status.choices)
    method = filters.CharFilter(max_length=50)
    outcome_unknown = YesNoFilter()
    currency = CurrencyFilter()
    reference = filters.CharFilter(max_length=40)
    provider_ref = filters.CharFilter(max_length=200)
    created_after = MomentFilter(field_name="created_at", lookup_expr="gte")
    created_before = MomentFilter(field_name="created_at", lookup_expr="lt")
    search = filters.CharFilter(
        method="matching",
        max_length=100,
        help_text="A reference, a provider's id, an order's number or e-mail address.",
    )
    ordering = Ordering(fields={"created_at": "created_at", "amount": "amount"})

    def matching(self, queryset: Any, name: str, text: str) -> Any:
        """As the admin's search does."""
        columns = ("reference", "provider_ref", "order__number")
        exact = Q(*((f"{column}__iexact", text) for column in columns), _connector=Q.OR)
        return queryset.filter(exact | Q(order__email__icontains=text))


class StaffPaymentViewSet(ListModelMixin, StaffViewSet):
    """Each call is that of a button of the admin, by the same service."""

    access = {
        "list": _READ,
        "retrieve": _READ,
        "waiting": _WAITING,
        **dict.fromkeys(["capture", "refund", "preview_refund", "cancel", "ask"], _MOVE),
        **dict.fromkeys(["book", "strike"], _BOOK),
    }
    queryset = Payment.objects.none()
    lookup_field = "uuid"
    lookup_value_regex = UUID_REGEX
    filter_backends = [filters.DjangoFilterBackend]
    filterset_class = StaffPaymentFilter
    serializer_keys = {"list": "staff.PaymentSummary", "": "staff.Payment"}

    def get_queryset(self) -> QuerySet[Any]:
        """The latest first."""
        return Payment.objects.select_related("order").order_by("-pk")

    def get_payment(self) -> AbstractPayment:
        """The payment of the address.

        Raises:
            NotFound: There is none.
        """
        return self.of_address(services.find(self.kwargs["uuid"]))

    def shown(self, row: AbstractPayment, *, status: int = 200) -> Response:
        """The answer: the payment with its ledger, read anew."""
        related = (
            "transactions",
            "disputes__payment__order",
            "discrepancies__payment__order",
            "discrepancies__resolved_by",
        )
        fresh = Payment.objects.select_related("order").prefetch_related(*related).get(pk=row.pk)
        return self.written("staff.Payment", fresh, status=status, currency=fresh.currency)

    @extend_schema(summary="List payments")
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The latest first."""
        return super().list(request, *args, **kwargs)

    @extend_schema(summary="One payment of the shop", responses="staff.Payment")
    def retrieve(self, request: Request, uuid: str) -> Response:
        """With its ledger, discrepancies and disputes."""
        return self.shown(self.get_payment())

    @extend_schema(summary="Count what waits for staff", responses="staff.Waiting")
    @action(detail=False, methods=["get"])
    def waiting(self, request: Request) -> Response:
        """Of the money: what can't go on without somebody of the shop."""
        counts = {
            "discrepancies": Discrepancy.objects.filter(resolved_at=None).count(),
            "disputes": Dispute.objects.filter(status=Dispute.Status.NEEDS_RESPONSE).count(),
            "refunds_due": Order.objects.filter(payment_status=PaymentStatus.OVERPAID).count(),
            "unknown_outcomes": Payment.objects.filter(outcome_unknown=True).count(),
            "failed_deliveries": WebhookReceipt.objects.filter(state=WebhookReceipt.State.FAILED).count(),
        }
        return self.written("staff.Waiting", counts)

    @extend_schema(summary="Capture a payment", request="staff.CapturePayment", responses="staff.Payment")
    @action(detail=True, methods=["post"])
    def capture(self, request: Request, uuid: str) -> Response:
        """All that is authorised and due, or a part; with an offline method, what came."""
        payment, data = self.get_payment(), self.read("staff.CapturePayment")
        amount = amount_of(payment, data["amount"])
        options: dict[str, Any] = {"reason": data["reason"], "idempotency_key": self.once_key()}
        return self.shown(services.capture(payment, amount, by=self.by, final=not data["keep_rest"], **options))

    @extend_schema(summary="Refund a payment", request="staff.RefundPayment", responses="staff.Payment")
    @action(detail=True, methods=["post"])
    def refund(self, request: Request, uuid: str) -> Response:
        """The provider is asked; a refund that it hasn't answered yet is finished by a job. What isn't an overpayment is
        credited, too.
        """
        payment, data = self.get_payment(), self.read("staff.RefundPayment")
        options: dict[str, Any] = {"reason": data["reason"], "idempotency_key": self.once_key()}
        services.refund(payment, amount_of(payment, data["amount"]), by=self.by, **options)
        return self.shown(payment)

    @extend_schema(
        summary="Preview what a refund comes to", request="staff.RefundPayment", responses="staff.MoneyPreview"
    )
    @action(detail=True, methods=["post"], url_path="refund/preview")
    def preview_refund(self, request: Request, uuid: str) -> Response:
        """The order's money once the refund has succeeded; nothing is written, and no provider is asked."""
        payment, data = self.get_payment(), self.read("staff.RefundPayment")
        amount = amount_of(payment, data["amount"])
        return self.written("staff.MoneyPreview", resolutions.preview_refund(payment, amount, by=self.by))

    @extend_schema(summary="Cancel a payment", request="staff.PaymentReason", responses="staff.Payment")
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, uuid: str) -> Response:
        """One that isn't made yet, or a hold: the provider is asked to let it go."""
        data = self.read("staff.PaymentReason")
        return self.shown(services.cancel(self.get_payment(), by=self.by, reason=data["reason"]))

    @extend_schema(summary="Check a payment with its provider", request=None, responses="staff.Payment")
    @action(detail=True, methods=["post"])
    def ask(self, request: Request, uuid: str) -> Response:
        """Its answer is booked."""
        return self.shown(services.ask(self.get_payment()))

    @extend_schema(summary="Book money by hand", request="staff.Book", responses={201: "staff.Payment"})
    @action(detail=True, methods=["post"], url_path="bookings")
    def book(self, request: Request, uuid: str) -> Response:
        """Money that came or went outside the provider. None is moved, and a reference is booked once."""
        payment, data = self.get_payment(), self.read("staff.Book")
        book = by_hand.book_refund if data["kind"] == "refund" else by_hand.book_capture
        amount = amount_of(payment, data["amount"])
        assert amount is not None
        book(payment, amount, reference=data["reference"], reason=data["reason"], by=self.by)
        return self.shown(payment, status=201)

    @extend_schema(summary="Strike out a booking by hand", request="staff.Strike", responses="staff.Payment")
    @action(detail=True, methods=["post"], url_path="bookings/strike")
    def strike(self, request: Request, uuid: str) -> Response:
        """The row stays, as failed. What the provider reported can't be struck out."""
        payment, data = self.get_payment(), self.read("staff.Strike")
        row = resolutions.booked_by_hand(payment, data["kind"], data["reference"])
        by_hand.strike(row, reason=data["reason"], by=self.by)
        return self.shown(payment)


def amount_of(payment: AbstractPayment, given: Any) -> Decimal | None:
    """The amount of a body; ``None`` for all that is possible.

    Raises:
        Invalid: It is in another currency than the payment.
    """
    if given is None:
        return None
    if str(given.currency) != payment.currency:
        raise Invalid(_("The payment is in %(code)s.") % {"code": payment.currency}, attr="amount")
    amount: Decimal = given.amount
    return amount
