"""Paying orders, payments by their UUID, and the providers' webhooks: all that needs the app of payments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from rest_framework.decorators import action
from rest_framework.exceptions import ParseError
from rest_framework.response import Response

from tradepost.api.callers.return_urls import checked_return_url
from tradepost.api.callers.tokens import (
    TOKEN,
    TOKEN_HEADER,
    token_of,
)
from tradepost.api.callers.visitors import buyer
from tradepost.api.parsers import MAX_BODY, BodyTooLarge
from tradepost.api.schema.deferred import extend_schema
from tradepost.checkout import services as checkout
from tradepost.core.access import OWN, PROVIDER
from tradepost.core.errors import Invalid
from tradepost.core.requests.client_address import client_address
from tradepost.payments import services
from tradepost.payments.base import AbstractPayment
from tradepost.payments.interface import InvalidWebhook, WebhookRequest
from tradepost.payments.models import Payment
from tradepost.payments.services import Unanswered, receive

from .base import TradepostViewSet
from .baskets import UUID_REGEX
from .orders import OrderViewSet

if TYPE_CHECKING:
    from rest_framework.request import Request

__all__ = ["PayableOrderViewSet", "PaymentViewSet", "WebhookViewSet"]


class PayableOrderViewSet(OrderViewSet):
    """Orders of a shop that takes payments."""

    access = {**OrderViewSet.access, "payments": OWN}
    scopes = {**OrderViewSet.scopes, "payments": "complete"}

    @extend_schema(
        summary="Pay again",
        parameters=[TOKEN, TOKEN_HEADER],
        request="payments.PayAgain",
        responses={201: "payments.Payment"},
    )
    @action(detail=True, methods=["post"])
    def payments(self, request: Request, number: str) -> Response:
        """Another attempt to pay a pending order, perhaps by another method, or a part of it beside what is on its way."""
        data, order = self.read("payments.PayAgain"), self.get_order()
        part = data["amount"]
        if part is not None and part.currency != order.currency:
            raise Invalid(_("The order is in %(currency)s.") % {"currency": order.currency}, attr="amount")
        payment = checkout.pay_again(
            order,
            method=data["method"],
            amount=None if part is None else part.amount,
            by=buyer(request, label=order.email),
            client_input=data["client_input"],
            return_url=checked_return_url(data["return_url"], request),
        )
        return self.written("payments.Payment", payment, status=201)


class PaymentViewSet(TradepostViewSet):
    """A guest's payment is whoever's has its UUID; a customer's needs that customer, or the order's token."""

    access = {"retrieve": OWN, "complete": OWN}
    queryset = Payment.objects.none()
    lookup_field = "uuid"
    lookup_value_regex = UUID_REGEX
    serializer_keys = {"": "payments.Payment"}
    scopes = {"complete": "complete"}

    def get_payment(self) -> AbstractPayment:
        """The payment of the address.

        Raises:
            NotFound: There is none, or not for this caller.
        """
        return services.find_for(self.kwargs["uuid"], user=self.request.user, token=token_of(self.request))

    @extend_schema(summary="One payment", parameters=[TOKEN, TOKEN_HEADER])
    def retrieve(self, request: Request, uuid: str) -> Response:
        """The state of the payment, and its payer's next step."""
        return self.written("payments.Payment", self.get_payment())

    @extend_schema(
        summary="Complete a payment",
        parameters=[TOKEN, TOKEN_HEADER],
        request="payments.Return",
        responses="payments.Payment",
    )
    @action(detail=True, methods=["post"])
    def complete(self, request: Request, uuid: str) -> Response:
        """The provider is asked how the payment stands; what the browser brought is not believed."""
        data = self.read("payments.Return")
        return self.written("payments.Payment", services.complete(self.get_payment(), data["data"]))


class WebhookViewSet(TradepostViewSet):
    """Deliveries of payment providers."""

    access = {"deliver": PROVIDER}
    lookup_field = "alias"
    lookup_value_regex = r"[-\w]{1,50}"
    remembers = False

    def get_authenticators(self) -> list[Any]:
        """None: a delivery proves itself."""
        return []

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:  # noqa: FBT001, FBT002 — DRF's
        """Whatever a provider says that it takes, it is given JSON."""
        return super().perform_content_negotiation(request, force=True)

    @extend_schema(
        summary="Receive a webhook",
        request={"application/json": OpenApiTypes.OBJECT},
        responses={200: OpenApiTypes.OBJECT, 202: OpenApiTypes.OBJECT, 503: OpenApiTypes.OBJECT},
    )
    def deliver(self, request: Request, alias: str) -> Response:
        """Verified, stored once, processed. A duplicate is answered like the first.

        Where the provider can't be asked what a delivery is about, it isn't processed: the answer is 503 if the provider
        delivers again then, else 202, and a job goes on.
        """
        body = request.stream.read(MAX_BODY + 1) if request.stream is not None else b""
        if len(body) > MAX_BODY:
            raise BodyTooLarge
        delivery = WebhookRequest(
            body=body,
            headers={name.lower(): value for name, value in request.headers.items()},
            query=request.query_params.dict(),
            remote_addr=client_address(request) or "",
        )
        try:
            receive(alias, delivery)
        except InvalidWebhook:
            raise ParseError(_("This delivery can't be verified.")) from None
        except Unanswered as silence:
            return Response({"received": True, "processed": False}, status=503 if silence.redelivers else 202)
        return Response({"received": True})
