"""Links to pay an order later: asked for by staff, followed by the customer of an own front end."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.response import Response

from tradepost.api.callers.return_urls import checked_return_url
from tradepost.api.callers.tokens import TOKEN_HEADER, token_of
from tradepost.api.callers.visitors import buyer
from tradepost.api.schema.deferred import extend_schema
from tradepost.checkout import services as checkout
from tradepost.core.access import OWN, needs
from tradepost.core.actors import By
from tradepost.core.errors import NotFound
from tradepost.core.money import ZERO
from tradepost.orders.base import AbstractOrder
from tradepost.orders.models import Order
from tradepost.payments import services
from tradepost.payments.interface import Price
from tradepost.payments.services import pay_links

from .base import TradepostViewSet

if TYPE_CHECKING:
    from rest_framework.request import Request

__all__ = ["PayLinkViewSet", "RequestPaymentViewSet"]

_TOKEN = OpenApiParameter("token", OpenApiTypes.STR, description="Of the link; or in the header `Tradepost-Token`.")


class RequestPaymentViewSet(TradepostViewSet):
    """Staff ask a customer to pay."""

    tag = "staff"
    singleton = True
    pagination_class = None
    access = {"create": needs("tradepost_orders.change_order")}
    serializer_keys = {"": "staff.PayLink"}

    @extend_schema(summary="A link to pay an order", request="staff.RequestPayment", responses={201: "staff.PayLink"})
    def create(self, request: Request) -> Response:
        """Good for some days, in which the order is kept; written to the customer unless `mail` is false."""
        data = self.read("staff.RequestPayment")
        order = Order.objects.filter(number=data["order"]).first()
        if order is None:
            raise NotFound("There is no such order.")
        by, wait = By.user(request.user), timedelta(days=data["days"]) if data["days"] else None
        link = pay_links.request_payment(order, by=by, expires_after=wait, mail=data["mail"])
        return self.written("staff.PayLink", link, status=201)

    def conceal(self, body: Any) -> Any:
        """Whoever has a link can open the order, so it isn't written down."""
        return {**body, "url": "", "token": ""} if isinstance(body, Mapping) and "url" in body else body

    def reveal(self, body: Any) -> Any:
        """Derive the link again, for the same moment."""
        if not (isinstance(body, Mapping) and "url" in body):
            return body
        order = Order.objects.get(number=self.read("staff.RequestPayment")["order"])
        link = pay_links.pay_link(order, expires_at=datetime.fromisoformat(body["expires_at"]))
        return self.written("staff.PayLink", link).data


class PayLinkViewSet(TradepostViewSet):
    """The page of a payment link: its order's total, and how to pay it."""

    tag = "payments"
    singleton = True
    pagination_class = None
    access = {"retrieve": OWN, "create": OWN}
    scopes = {"retrieve": "guess", "create": "complete"}
    serializer_keys = {"": "payments.PayLink"}

    def guest_secret(self, request: Request) -> str:
        """The link's token."""
        return token_of(request)

    @extend_schema(summary="View a payment link", parameters=[_TOKEN, TOKEN_HEADER], responses="payments.PayLink")
    def retrieve(self, request: Request) -> Response:
        """The amount due, and the methods by which it can be paid."""
        return self._shown(pay_links.open_link(token_of(request)))

    @extend_schema(
        summary="Pay by a link",
        parameters=[_TOKEN, TOKEN_HEADER],
        request="payments.PayAgain",
        responses={201: "payments.Payment"},
    )
    def create(self, request: Request) -> Response:
        """By the chosen method; an earlier payment that isn't made is cancelled first."""
        order = pay_links.open_link(token_of(request))
        data = self.read("payments.PayAgain")
        payment = checkout.pay_again(
            order,
            method=data["method"],
            by=buyer(request, label=order.email),
            client_input=data["client_input"],
            return_url=checked_return_url(data["return_url"], request),
        )
        return self.written("payments.Payment", payment, status=201)

    def _shown(self, order: AbstractOrder) -> Response:
        rest = max(order.due - order.net_paid, ZERO) if order.allows.awaits_payment else ZERO
        methods = services.methods(Price(rest, order.currency), country=order.tax_country) if rest else []
        facts = {"order": order, "left": rest, "methods": methods}
        return self.written("payments.PayLink", facts, currency=order.currency)
