"""Reactions of payments to events of an order."""

from __future__ import annotations

from django.apps import apps

from tradepost.core import events
from tradepost.core.actors import SYSTEM
from tradepost.core.events import subscribe
from tradepost.core.mail import send
from tradepost.orders.events import OrderCancelled, OrderConfirmed
from tradepost.orders.models import Order

from . import conf, ledger
from .base import AbstractPayment
from .errors import NotRefundable
from .events import CaptureDue, PaymentRequested
from .models import Payment, SavedMethod
from .services.cancellation import (
    cancel,
    capture_up_to,
    refund,
)
from .services.pay_links import pay_link
from .services.saved_methods import forget


def give_back(event: OrderCancelled) -> None:
    """Void what is authorised and refund what was taken, once an order is cancelled."""
    if not conf.settings().REFUND_ON_CANCEL:
        return
    for live in Payment.objects.of_order(event.order_id):
        payment = cancel(live, by=SYSTEM, reason="order cancelled")
        if ledger.balance_of(payment).refundable > 0 and conf.gateway(payment.method).capabilities.refund:
            _refund_or_list(payment)


def _refund_or_list(payment: AbstractPayment) -> None:
    """A refund that is refused (a dispute is open, the provider says no) is left to staff; the others go on."""
    try:
        refund(payment, by=SYSTEM, reason="order cancelled")
    except NotRefundable as refusal:
        ledger.list_stuck_refund(payment, str(refusal))


def ask_for_capture(event: OrderConfirmed) -> None:
    """Have it looked after the commit what is to be captured, in a shop that has methods which capture then."""
    if any(method.CAPTURE == "on_confirm" for method in conf.methods().values()):
        events.publish(CaptureDue(event.order_id))


def capture_on_confirm(event: CaptureDue | OrderConfirmed) -> None:
    """Take what is authorised, for methods that capture when an order is confirmed."""
    for payment in Payment.objects.of_order(event.order_id):
        if conf.method(payment.method).CAPTURE == "on_confirm" and ledger.balance_of(payment).authorised > 0:
            capture_up_to(payment, by=SYSTEM)


def mail_request(event: PaymentRequested) -> None:
    """Write to the customer how to pay, while there is something to pay."""
    order = Order.objects.get(pk=event.order_id)
    if not (event.mail and order.email and order.allows.awaits_payment):
        return
    link = pay_link(order, expires_at=event.expires_at)
    context = {"order": order, "link": link.url, "until": link.expires_at, "left": order.due - order.net_paid}
    send("payment_requested", to=order.email, context=context, language=order.language)


subscribe(OrderCancelled, give_back)
subscribe(OrderConfirmed, ask_for_capture, when="within", elsewhere=True)
subscribe(CaptureDue, capture_on_confirm)
subscribe(PaymentRequested, mail_request)

if "tradepost_accounts" in apps.app_configs:
    from tradepost.accounts.events import AccountClosed

    def forget_saved_methods(event: AccountClosed) -> None:
        """Whoever closed their account has no card left with us; a provider that can't be reached is asked again by the job."""
        for row in SavedMethod.objects.filter(customer_id=event.customer_id, forgotten_at=None):
            forget(row)

    subscribe(AccountClosed, forget_saved_methods)
