"""The checkout of a basket."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from django.utils.translation import gettext_lazy as _
from rest_framework.decorators import action
from rest_framework.response import Response

from tradepost.api.callers.return_urls import checked_return_url
from tradepost.api.callers.visitors import buyer
from tradepost.api.schema.deferred import extend_schema
from tradepost.basket.base import AbstractBasket
from tradepost.basket.errors import BasketNotOpen
from tradepost.checkout import services
from tradepost.checkout.delivery_choice import Choice
from tradepost.core.access import OWN, Access
from tradepost.core.errors import Conflict, Invalid
from tradepost.core.requests.client_address import client_address
from tradepost.core.requests.visitor_key import session_visitor, visitor_key
from tradepost.orders.models import Order
from tradepost.orders.tokens import access_token

if TYPE_CHECKING:
    from rest_framework.request import Request

    from tradepost.api.views.base import TradepostViewSet

    _View = TradepostViewSet
else:
    _View = object

__all__ = ["CheckoutActions", "answers_of"]


class CheckoutActions(_View):
    """The actions of a basket's checkout; mixed into the views of baskets."""

    access: ClassVar[Mapping[str, Access]] = {"checkout": OWN, "update_checkout": OWN, "complete": OWN}

    def get_basket(self) -> AbstractBasket:
        """The basket that the call is about."""
        raise NotImplementedError

    def _shown(self, view: services.CheckoutView) -> Response:
        return self.written("checkout.Checkout", view, currency=view.totals.currency)

    @extend_schema(summary="View the checkout", responses="checkout.Checkout")
    @action(detail=True, methods=["get"])
    def checkout(self, request: Request, **kwargs: Any) -> Response:
        """The totals, the open requirements, the delivery options and payment methods; until the basket is ordered."""
        basket = self.get_basket()
        if not basket.allows.is_open:
            raise BasketNotOpen(_("This basket has already been ordered."), basket=str(basket.uuid))
        return self._shown(services.look(basket))

    @extend_schema(
        summary="Update the checkout",
        request="checkout.Update",
        responses="checkout.Checkout",
    )
    @checkout.mapping.patch
    def update_checkout(self, request: Request, **kwargs: Any) -> Response:
        """Fields that aren't given stay as they are."""
        data, basket = self.read("checkout.Update"), self.get_basket()
        return self._shown(services.update(basket, **answers_of(data, basket)))

    @extend_schema(
        summary="Place order",
        request="checkout.Complete",
        responses={201: "checkout.Completion"},
    )
    @action(detail=True, methods=["post"], url_path="checkout/complete", url_name="complete")
    def complete(self, request: Request, **kwargs: Any) -> Response:
        """Place the order and begin to pay it. Asked again, it gives the same order.

        What the checkout needs may be said here as well as before: then placing is one call. It is kept if the order is placed,
        and not if it is refused.

        A guest's `token` is given to the call that placed the order, again under its `Idempotency-Key`, and in the session that
        began the basket. Who only knows the basket's UUID is given none, and nothing that the buyer wrote.
        """
        data = self.read("checkout.Complete")
        expected = data.pop("expected_total")
        visit = services.Visit(
            expected_total=expected.amount,
            expected_currency=expected.currency,
            by=buyer(request),
            return_url=checked_return_url(data.pop("return_url"), request),
            client_input=data.pop("client_input"),
            client_ip=client_address(request),
            source="api",
        )
        basket = self.get_basket()
        done = services.complete(basket, visit, answers_of(data, basket))
        visitor = visitor_key(session_visitor(request))
        is_theirs = done.is_new or bool(visitor and visitor == basket.visitor_key)
        facts = {
            "order": done.order,
            "token": access_token(done.order) if is_theirs and not done.order.customer_id else "",
            "payment": done.payment,
            "payments": done.payments,
            "error": _why(done.error),
        }
        answer = self.written("checkout.Completion", facts, status=201)
        if not (is_theirs or done.order.customer_id):
            answer.data["order"] = {**answer.data["order"], **_OF_THE_BUYER}
        return answer

    def conceal(self, body: Any) -> Any:
        """A guest's token isn't written down, only that there was one; the order keeps its hash."""
        return {**body, "token": bool(body["token"])} if isinstance(body, Mapping) and "token" in body else body

    def reveal(self, body: Any) -> Any:
        """Derive the guest's token again."""
        if not (isinstance(body, Mapping) and "token" in body):
            return body
        had_token = body["token"] is True
        order = Order.objects.filter(uuid=body["order"]["uuid"], customer=None).first() if had_token else None
        return {**body, "token": access_token(order) if order else ""}


# A basket's UUID is in addresses, and so in logs: who only asks again with it reads of the order what a payer needs.
_OF_THE_BUYER: Mapping[str, Any] = {
    "email": "",
    "phone": "",
    "tax_id": "",
    "customer_note": "",
    "shipping_address": None,
    "billing_address": None,
}


def answers_of(data: Mapping[str, Any], basket: AbstractBasket) -> dict[str, Any]:
    """The fields of a body for the checkout, as its services take them."""
    fields = dict(data)
    if "deliveries" in fields:
        fields["deliveries"] = {
            entry["group"]: str(Choice(entry["method"], entry["point"])) for entry in fields["deliveries"]
        }
    if "payments" in fields:
        fields["payments"] = [_share(entry, basket.currency) for entry in fields["payments"]]
    return fields


def _share(entry: Mapping[str, Any], currency: str) -> dict[str, Any]:
    price = entry["amount"]
    if price is not None and price.currency != currency:
        raise Invalid(f"The basket is in {currency}.", attr="payments")
    return {"method": entry["method"], "amount": None if price is None else str(price.amount)}


def _why(error: Conflict | None) -> dict[str, Any] | None:
    return {"code": error.code, "detail": str(error), "attr": "payment_method"} if error else None
