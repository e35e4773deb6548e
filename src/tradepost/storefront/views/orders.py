"""Orders: own ones in a list, and one by its number for its customer or who has its token."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from tradepost.basket import services as baskets
from tradepost.checkout import services as checkout
from tradepost.checkout.delivery_dates import arrivals, with_arrivals
from tradepost.checkout.view import payments_installed
from tradepost.core.access import OWN
from tradepost.core.dates import clock
from tradepost.core.errors import NotFound, TooManyRequests, TradepostError
from tradepost.core.requests import rate_limits
from tradepost.orders import selectors
from tradepost.orders import services as orders
from tradepost.orders.base import AbstractOrder
from tradepost.orders.models import Order
from tradepost.orders.reports.explanation import explain
from tradepost.orders.states.display_status import is_emptied, stage_label

from .. import (
    explanation,
    payment_choice,
    session,
    totals_table,
)
from ..progress import parcels_of, payment_rows
from ..redirects import (
    refusing,
    see,
    too_many,
)
from .account.base import AccountPageView
from .base import ActionView, PageView, PrivatePageView, page, page_of

if TYPE_CHECKING:
    from tradepost.payments.base import AbstractPayment

__all__ = [
    "CancelView",
    "OrderListView",
    "OrderView",
    "PayPageView",
    "ReopenView",
    "ThanksView",
    "after_payment",
    "find_order",
    "find_payable",
    "has_instructions",
    "payment_waits",
    "refused",
]

_ON_A_PAGE = 20


def find_order(request: HttpRequest, number: str) -> AbstractOrder:
    """The visitor's order: their customer's own, or one that their session may see.

    Raises:
        Http404: There is none, or not for this visitor.
    """
    if number in session.placed_orders(request):
        order = Order.objects.filter(number=number).first()
        if order is not None and session.may_see(request, order):
            return order
    try:
        return selectors.get_order(number, user=request.user)
    except NotFound as error:
        raise Http404(str(error)) from None


def find_payable(request: HttpRequest, number: str) -> AbstractOrder:
    """An order that the visitor may pay: their own, or one to which they followed a link to pay.

    Raises:
        Http404: There is none, or not for this visitor.
    """
    return _only_payable(request, number) or find_order(request, number)


def _only_payable(request: HttpRequest, number: str) -> AbstractOrder | None:
    """An order of which the visitor may do no more than pay it; no query where no such link was followed."""
    if not session.has_payable(request, number):
        return None
    with suppress(Http404):
        find_order(request, number)
        return None
    order = Order.objects.filter(number=number).first()
    return order if order is not None and session.may_pay(request, order) else None


class OrderListView(AccountPageView):
    """The customer's orders, the latest first."""

    template_name = "tradepost/storefront/orders.html"
    account_entry = "orders"

    def get_context(self, **facts: Any) -> dict[str, Any]:
        """A page of the list, each with its display status."""
        paginator = Paginator(selectors.orders_of(self.request.user).with_open_units(), _ON_A_PAGE)
        shown = page_of(paginator, self.request.GET)
        rows = [{"order": order, "stage": order.stage, "stage_text": stage_label(order)} for order in shown.object_list]
        return super().get_context(page=shown, rows=rows, **facts)


class OrderView(PrivatePageView):
    """The order with its rows, and what can be done with it now."""

    access = OWN
    template_name = "tradepost/storefront/order.html"

    def get(self, request: HttpRequest, number: str) -> HttpResponse:
        """A link with a token leads here once, then the session knows the order and the address is clean."""
        token = request.GET.get("token", "")
        if not token:
            is_narrow = _only_payable(request, number) is not None
            return page(request, "pay", PayPageView, number=number).render() if is_narrow else self.render()
        try:
            rate_limits.count("guess", request)
            order = selectors.get_order(number, user=request.user, token=token)
        except TooManyRequests as error:
            return too_many(request, error)
        except NotFound as error:
            raise Http404(str(error)) from None
        session.remember_order(request, order)
        return HttpResponseRedirect(reverse("tradepost:order", args=[number]))

    def get_context(self, *, problem: str = "", **facts: Any) -> dict[str, Any]:
        """All that is known of the order.

        Args:
            problem: Why something couldn't be done with it.

        Raises:
            Http404: There is no such order for this visitor.
        """
        request = self.request
        order = find_order(request, self.kwargs["number"])
        full = with_arrivals(Order.objects.with_rows()).get(pk=order.pk)
        return super().get_context(
            order=full,
            lines=full.lines.all(),
            sums=totals_table.of_order(full),
            why=explanation.panel(explain(full)),
            arrivals=arrivals(full),
            stage=full.stage,
            stage_text=stage_label(full),
            parcels=parcels_of(full),
            problem=problem,
            is_pending=full.allows.awaits_payment and not is_emptied(full),
            can_cancel=not full.allows.awaits_payment and _may_cancel(request, full),
            **_payment_facts(request, full),
            **facts,
        )


class PayPageView(PrivatePageView):
    """The page of a payment link: the number, the sum and how it can be paid; nothing of its buyer."""

    access = OWN
    template_name = "tradepost/storefront/pay.html"

    def get(self, request: HttpRequest, number: str) -> HttpResponse:
        """Who may see the whole order is led there."""
        if _only_payable(request, number) is None:
            return HttpResponseRedirect(reverse("tradepost:order", args=[number]))
        return self.render()

    def get_context(self, *, problem: str = "", **facts: Any) -> dict[str, Any]:
        """The order, for its sum, and its payments.

        Args:
            problem: Why it couldn't be paid.

        Raises:
            Http404: There is no such order for this visitor.
        """
        order = find_payable(self.request, self.kwargs["number"])
        awaits = order.allows.awaits_payment
        return super().get_context(
            order=order,
            is_pending=awaits,
            is_paid=not awaits and order.net_paid > 0,
            only_pays=True,
            problem=problem,
            **_payment_facts(self.request, order),
            **facts,
        )


class ThanksView(OrderView):
    """After a purchase; one that isn't paid for yet has its own page for that."""

    template_name = "tradepost/storefront/thanks.html"

    def get(self, request: HttpRequest, number: str) -> HttpResponse:
        """The order, with thanks."""
        order = find_payable(request, number)
        if order.allows.awaits_payment or _only_payable(request, number) is not None:
            return HttpResponseRedirect(reverse("tradepost:order", args=[number]))
        return self.render()


def refused(request: HttpRequest, number: str, error: TradepostError) -> HttpResponse:
    """The order's page, which says why something couldn't be done with it."""
    shown: PageView = page(request, "order", OrderView, number=number)
    if _only_payable(request, number) is not None:
        shown = page(request, "pay", PayPageView, number=number)
    return refusing(shown.render(problem=str(error)), error)


def _may_cancel(request: HttpRequest, order: AbstractOrder) -> bool:
    steps = orders.available_transitions(order, session.by(request))
    return any(step.name == "cancel" and not step.refusals for step in steps)


def _payment_facts(request: HttpRequest, order: AbstractOrder) -> dict[str, Any]:
    """The latest payment, and the methods by which a pending order may be paid."""
    if not payments_installed():
        return {}
    from tradepost.payments import services as payments
    from tradepost.payments.interface import Price
    from tradepost.payments.models import Payment

    newest_first = list(Payment.objects.of_order(order.pk).order_by("-pk"))
    payment = _current(newest_first)
    is_told = has_instructions(payment)
    is_begun = payment is not None and payment.status == "requires_action" and not is_told
    facts: dict[str, Any] = {
        "payment": payment,
        "payment_rows": payment_rows(newest_first[::-1]),
        "is_begun": is_begun,
        "chosen": payment.method if payment is not None and not is_begun else "",
    }
    if payment is not None and is_told:
        facts["instructions"] = payment.next_action
    in_time = order.expires_at is None or order.expires_at > clock.now()
    rest = order.due - order.net_paid
    if order.allows.awaits_payment and in_time and rest > 0:
        offers = payments.methods(Price(rest, order.currency), country=order.tax_country)
        ways = payment_choice.choices(request, offers, facts["chosen"], phone=order.phone)
        facts |= {"offers": offers, "choices": ways, "left": rest, "waits": payment_waits(payment)}
    return facts


def _current(payments: Sequence[AbstractPayment]) -> AbstractPayment | None:
    """The payment that the page is about: of several the one that needs the customer, else the latest."""
    waiting = next((payment for payment in payments if payment.status == "requires_action"), None)
    return waiting or next(iter(payments), None)


def payment_waits(payment: AbstractPayment | None) -> bool:
    """Whether the provider has it, so that the customer can only wait."""
    if payment is None or has_instructions(payment):
        return False
    return payment.outcome_unknown or payment.status in {"pending", "authorised"}


def has_instructions(payment: AbstractPayment | None) -> bool:
    """Whether the customer was told how to pay, and pays by themselves: a transfer, or cash."""
    return payment is not None and payment.next_action.get("kind") == "instructions"


def after_payment(
    request: HttpRequest,
    order: AbstractOrder,
    payment: AbstractPayment | None,
    *,
    error: str = "",
    is_back: bool = False,
) -> HttpResponse:
    """Where to go once an order was placed or a payment was tried: to the thanks, on to the provider, or to the order.

    Args:
        is_back: The browser comes from the provider, so it isn't sent there again.
    """
    order = Order.objects.get(pk=order.pk)
    if order.allows.is_sold:
        session.forget_basket_of(request, order)
        return see("tradepost:thanks", order.number)
    if error:
        messages.error(request, error)
    elif has_instructions(payment):
        is_own = _only_payable(request, order.number) is None  # another may pay by a link, long after it was placed
        messages.success(request, _("Thank you for your order. How to pay:") if is_own else _("How to pay:"))
    elif payment is not None and payment.status == "requires_action" and not payment.outcome_unknown:
        if not is_back:
            return see("tradepost:payment", str(payment.uuid))
        messages.warning(request, _("You haven’t paid yet. Your order is reserved for you."))
    elif payment is not None and payment.status == "failed":
        messages.error(
            request, _("The payment didn’t go through. Your order is reserved for you: try again, or pay another way.")
        )
    return see("tradepost:order", order.number)


class ReopenView(ActionView):
    """Take an unpaid order back to the basket."""

    access = OWN

    def post(self, request: HttpRequest, number: str) -> HttpResponse:
        """Reopen it; a newer basket of the visitor takes in what it held."""
        order = find_order(request, number)
        newer = session.find_basket(request)
        try:
            basket = checkout.reopen(order, by=session.by(request))
            session.tell_left_out(request, basket)
            if newer is not None and newer.allows.is_open and not request.user.is_authenticated:
                basket = baskets.merge(newer, basket)  # a customer's newer basket was found and merged by the service
                session.tell_left_out(request, basket)
        except TradepostError as error:
            return refused(request, number, error)
        if not request.user.is_authenticated:
            session.remember_basket(request, basket)
        if not basket.left_out:
            messages.success(request, _("Everything is back in your basket."))
        return see("tradepost:basket")


class CancelView(ActionView):
    """Call off an order that nobody has packed yet."""

    access = OWN

    def post(self, request: HttpRequest, number: str) -> HttpResponse:
        """Cancel it."""
        order = find_order(request, number)
        try:
            orders.apply(order, "cancel", by=session.by(request), reason="by the customer")
        except TradepostError as error:
            return refused(request, number, error)
        messages.success(request, _("The order has been cancelled. What you paid will be refunded."))
        return see("tradepost:order", number)
