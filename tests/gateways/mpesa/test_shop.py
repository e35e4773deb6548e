"""A shop's ledger beside M-Pesa's books: whatever is lost, late, doubled or forged, they agree."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from tests.fakes.loopback import Sums
from tests.fakes.mpesa_server import MpesaServer
from tradepost.checkout.services import pay_again
from tradepost.core import db
from tradepost.core.actors import SYSTEM
from tradepost.core.dates import clock
from tradepost.payments import (
    ledger,
    services,
)
from tradepost.payments.base import AbstractPayment
from tradepost.payments.errors import InputInvalid, NotRefundable, PaymentInProgress, PaymentUnavailable
from tradepost.payments.interface import InvalidWebhook, WebhookRequest
from tradepost.payments.models import Discrepancy, Payment
from tradepost.payments.services import receive
from tradepost.testing import placed

pytestmark = pytest.mark.django_db
PUSH = "/mpesa/stkpush/v1/processrequest"


@pytest.fixture
def shop(settings: Any) -> Iterator[MpesaServer]:
    """A shop that takes shillings by M-Pesa."""
    with MpesaServer() as server:
        options = {**server.books.options(), "base_url": server.url, "timeout": (1, 2)}
        entry = {"BACKEND": "tradepost.gateways.mpesa.MpesaGateway", "OPTIONS": options}
        settings.TRADEPOST_PAYMENTS = {"GATEWAYS": {"mobile": entry}}
        yield server  # type: ignore[misc]


@db.atomic
def opened(total: str) -> AbstractPayment:
    """A payment for all of an order, not started."""
    order = placed.order(placed.line_row(total), reserve=False, currency="KES")
    return services.open_payment(order, method="mobile")


def started(total: str = "1500.00") -> AbstractPayment:
    """A payment whose phone asks for the PIN."""
    return services.start(opened(total), client_input={"phone": "0712345678"})


def take(body: bytes, query: Any) -> None:
    receive("mobile", WebhookRequest(body=body, headers={}, query=query))


def agrees(shop: MpesaServer, payment: AbstractPayment) -> Sums:
    """The sums at M-Pesa, after it was asserted that our ledger has the same."""
    sums = shop.books.sums()[payment.reference]
    assert ledger.balance_of(Payment.objects.get(pk=payment.pk)).captured == sums.captured
    return sums


def test_paid_is_told_and_asked_in_any_order(shop: MpesaServer) -> None:
    """Asked while the phone rings; paid; asked before the callback, which comes three times: one capture."""
    payment = services.complete(started(), {})
    assert (payment.status, payment.next_action["kind"]) == ("pending", "phone_prompt")
    assert payment.provider_ref
    shop.books.pay(payment.provider_ref)
    services.ask(payment)
    shop.deliver(take, copies=3)
    payment = services.ask(payment)

    assert (payment.status, payment.order.status, payment.order.payment_status) == ("captured", "confirmed", "paid")
    assert payment.state["receipt"] == "NLJ2"
    assert [row.kind for row in payment.transactions.all()] == ["capture"]
    assert agrees(shop, payment) == Sums(payments=1, captured=1500)
    assert not Discrepancy.objects.exists()


def test_a_lost_push_is_not_repeated_and_its_callback_books_it(shop: MpesaServer) -> None:
    """The phone rang, and nobody told us: asking pushes no second time; the callback brings the id and the money."""
    shop.fault("drop_after", path=PUSH)
    payment = started()
    assert (payment.outcome_unknown, payment.provider_ref) == (True, None)
    for _ in range(3):
        payment = services.ask(payment)
    assert (payment.outcome_unknown, len(shop.called(PUSH))) == (True, 1)
    with pytest.raises(PaymentInProgress):
        services.cancel(payment, by=SYSTEM)

    shop.books.pay("ws_CO_2")
    shop.deliver(take, copies=2)

    payment = services.find(payment.uuid)
    assert (payment.outcome_unknown, payment.status, payment.provider_ref) == (False, "captured", "ws_CO_2")
    assert agrees(shop, payment) == Sums(payments=1, captured=1500)


def test_a_callback_that_can_not_be_confirmed_yet_is_not_lost(shop: MpesaServer) -> None:
    """M-Pesa gives no answer just then, and calls back no second time: the job asks, with the id that was told."""
    shop.fault("drop_after", path=PUSH)
    payment = started()
    shop.books.pay("ws_CO_2")
    shop.fault("error_500", path="/mpesa/stkpushquery/.*")
    shop.deliver(take)
    payment = services.find(payment.uuid)
    assert (payment.status, payment.provider_ref) == ("pending", "ws_CO_2")

    payment = services.ask(payment)

    assert payment.status == "captured"
    assert agrees(shop, payment) == Sums(payments=1, captured=1500)


def unanswered(shop: MpesaServer, fault: str, *, minutes: float) -> AbstractPayment:
    """A push that wasn't answered, asked about after so many minutes."""
    shop.fault(fault, path=PUSH)
    payment = started()
    with clock.at(clock.now() + timedelta(minutes=minutes)):
        return services.ask(payment)


def again(payment: AbstractPayment) -> AbstractPayment:
    """Another push for the same order."""
    return pay_again(payment.order, method="mobile", by=SYSTEM, client_input={"phone": "0712345678"})


def test_a_push_is_waited_for_three_minutes(shop: MpesaServer) -> None:
    """Until then nothing else can be paid; nobody is told yet."""
    payment = unanswered(shop, "drop_before", minutes=2.9)

    with pytest.raises(PaymentInProgress):
        again(payment)

    assert (payment.outcome_unknown, payment.status) == (True, "created")
    assert not Discrepancy.objects.exists()
    assert shop.books.sums() == {}


def test_a_push_that_nobody_told_of_is_given_up_and_another_may_be_asked_for(shop: MpesaServer) -> None:
    """After three minutes staff are told, and the customer's second push pays the order; the first was never repeated."""
    payment = unanswered(shop, "drop_before", minutes=3.1)
    assert (payment.outcome_unknown, payment.status, payment.error_code) == (False, "cancelled", "unanswered")
    assert [discrepancy.kind for discrepancy in Discrepancy.objects.all()] == ["stuck"]

    second = again(payment)
    shop.pay(second.provider_ref)
    shop.deliver(take)

    assert services.find(second.uuid).order.status == "confirmed"
    assert agrees(shop, second) == Sums(payments=1, captured=1500)
    assert payment.reference not in shop.books.sums()


def test_what_is_told_of_a_push_that_was_given_up_is_booked(shop: MpesaServer) -> None:
    """The callback comes in the fourth minute: the order is confirmed, and staff needn't look any more."""
    payment = unanswered(shop, "drop_after", minutes=3.1)
    shop.pay("ws_CO_2")
    shop.deliver(take, copies=2)

    payment = services.find(payment.uuid)
    assert (payment.status, payment.order.status) == ("captured", "confirmed")
    assert agrees(shop, payment) == Sums(payments=1, captured=1500)
    assert [
        (discrepancy.kind, discrepancy.resolution) for discrepancy in Discrepancy.objects.exclude(resolved_at=None)
    ] == [("stuck", "The provider reported it later.")]
    assert not Discrepancy.objects.filter(resolved_at=None).exists()


def test_who_pays_both_pushes_is_on_the_staffs_list(shop: MpesaServer) -> None:
    """The late one is booked as well; nothing is given back behind anybody's back."""
    payment = unanswered(shop, "drop_after", minutes=3.1)
    second = again(payment)
    shop.pay(second.provider_ref)
    shop.deliver(take)
    shop.pay("ws_CO_2")
    shop.deliver(take)

    order = services.find(payment.uuid).order
    assert (order.status, order.payment_status, order.amount_captured) == ("confirmed", "overpaid", Decimal(3000))
    assert [discrepancy.kind for discrepancy in Discrepancy.objects.filter(resolved_at=None)] == ["paid_twice"]
    assert agrees(shop, payment) == agrees(shop, second) == Sums(payments=1, captured=1500)


def test_a_wrong_number_is_refused_before_anything_is_asked_for(shop: MpesaServer) -> None:
    """The sentence names the field; no payment is opened, none is cancelled, and no phone rings."""
    payment = opened("1500.00")
    with pytest.raises(InputInvalid) as refusal:
        pay_again(payment.order, method="mobile", by=SYSTEM, client_input={"phone": "12345"})

    assert refusal.value.context == {"attr": "client_input.phone", "method": "mobile"}
    assert str(refusal.value) == "Please enter a Kenyan mobile number, as in 0712 345 678 or 254712345678."
    assert [row.status for row in Payment.objects.all()] == ["created"]
    assert shop.requests == []


def test_who_cancels_on_the_phone_may_pay_again(shop: MpesaServer) -> None:
    """By another push, under another reference."""
    payment = started()
    assert payment.provider_ref
    shop.books.end(payment.provider_ref, 1032)
    shop.deliver(take, copies=2)
    payment = services.find(payment.uuid)
    assert (payment.status, payment.error_code) == ("cancelled", "cancelled_by_customer")

    second = again(payment)
    assert second.provider_ref
    shop.books.pay(second.provider_ref)
    shop.deliver(take)

    assert services.find(second.uuid).order.status == "confirmed"
    assert agrees(shop, second) == Sums(payments=1, captured=1500)
    assert agrees(shop, payment) == Sums(payments=1)


def test_the_address_that_mpesa_is_given_is_the_webhook(shop: MpesaServer, client: Client) -> None:
    """Called back as it stands: believed, and answered 200; with another token 400."""
    payment = started()
    assert payment.provider_ref
    shop.books.pay(payment.provider_ref)
    [event] = shop.books.events
    address = event["to"].removeprefix("https://shop.example")

    forged = client.post(f"{address}0", event["body"], content_type="application/json")
    answer = client.post(address, event["body"], content_type="application/json")

    assert (forged.status_code, answer.status_code) == (400, 200)
    assert agrees(shop, payment) == Sums(payments=1, captured=1500)
    assert services.find(payment.uuid).order.status == "confirmed"


def test_a_forged_callback_confirms_nothing(shop: MpesaServer) -> None:
    """To an address that was guessed: refused. To the right one, unpaid: asked about, and pending."""
    payment = started()
    body, query = shop.signed({"to": shop.called(PUSH)[0]["CallBackURL"], "body": paid_body(payment)})
    with pytest.raises(InvalidWebhook):
        take(body, {**query, "token": "0" * 64})
    take(body, query)

    payment = services.find(payment.uuid)
    assert (payment.status, payment.order.status) == ("pending", "pending")
    assert agrees(shop, payment) == Sums(payments=1)


def test_another_amount_is_listed_and_the_order_waits(shop: MpesaServer) -> None:
    """The amount of the callback is booked; asking later, which states no amount, doesn't make it more."""
    payment = started()
    assert payment.provider_ref
    shop.books.pay(payment.provider_ref, stated=1)
    shop.deliver(take)
    payment = services.ask(payment)

    assert [discrepancy.kind for discrepancy in Discrepancy.objects.all()] == ["amount"]
    assert (ledger.balance_of(payment).captured, payment.order.status) == (Decimal(1), "pending")


def test_cents_and_refunds_are_refused(shop: MpesaServer) -> None:
    """Before anything is asked for."""
    with pytest.raises(PaymentUnavailable):
        opened("1500.50")
    payment = started()
    assert payment.provider_ref
    shop.books.pay(payment.provider_ref)
    shop.deliver(take)
    with pytest.raises(NotRefundable):
        services.refund(payment, Decimal(10), by=SYSTEM)

    assert agrees(shop, payment) == Sums(payments=1, captured=1500)


def paid_body(payment: AbstractPayment) -> Any:
    """A callback that says it was paid."""
    items = [{"Name": "Amount", "Value": 1500}]
    event = {"CheckoutRequestID": payment.provider_ref, "ResultCode": 0, "CallbackMetadata": {"Item": items}}
    return {"Body": {"stkCallback": event}}
