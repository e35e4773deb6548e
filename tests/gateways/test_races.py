"""Parallel returns, webhooks, jobs and refunds against the providers' books, on PostgreSQL; with controls."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.core import mail

from tests.fakes.loopback import Sums
from tests.fakes.providers import PROVIDERS
from tests.gateways.shops import Shop
from tradepost.core.actors import SYSTEM
from tradepost.core.dates import clock
from tradepost.core.errors import TradepostError
from tradepost.payments import (
    conf,
    ledger,
    services,
)
from tradepost.payments.base import AbstractPayment
from tradepost.payments.interface import EntryKind, Price
from tradepost.payments.models import Discrepancy, Payment, Transaction, WebhookReceipt
from tradepost.payments.services import webhooks
from tradepost.payments.services.requests import write_down
from tradepost.testing.races import together

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
PART = Decimal(60)


@pytest.fixture
def shop(request: pytest.FixtureRequest, settings: Any) -> Iterator[Shop]:
    """Of the provider that the test names."""
    provider = PROVIDERS[request.param]
    with provider.server() as server:
        instance = Shop(provider, server)
        settings.TRADEPOST_PAYMENTS = {"GATEWAYS": instance.methods}
        yield instance


def told(shop: Shop, payment: AbstractPayment) -> list[Callable[[], Any]]:
    """A call for each delivery that the provider owes us."""
    return [lambda delivery=delivery: webhooks.receive(payment.method, delivery) for delivery in shop.deliveries()]


def failures(results: list[Any]) -> list[Any]:
    """Errors that no caller should meet."""
    return [result for result in results if isinstance(result, Exception) and not isinstance(result, TradepostError)]


@pytest.mark.parametrize("shop", ["stripe", "paypal", "razorpay", "paystack", "chapa"], indirect=True)
def test_returns_webhooks_and_the_job_at_once_book_one_capture(shop: Shop) -> None:
    """Two tabs come back, each delivery comes twice, the job asks: taken once, confirmed once, one mail."""
    payment = shop.paid_there()
    mail.outbox.clear()
    data, tell = shop.returned(payment), told(shop, payment)
    results = together([lambda: services.complete(payment, data)] * 2 + [lambda: services.ask(payment)] + tell * 2)

    assert failures(results) == []
    payment = services.ask(payment)
    assert shop.agrees(payment) == Sums(1, captured=Decimal(100))
    assert payment.transactions.filter(kind="capture").count() == 1
    assert payment.order.events.filter(kind="confirm").count() == 1
    assert len(mail.outbox) == 1
    assert not Discrepancy.objects.exists()


@pytest.mark.parametrize("shop", ["stripe"], indirect=True)
def test_one_delivery_in_many_copies_is_stored_once(shop: Shop) -> None:
    """Six workers get the same one at the same moment."""
    payment = shop.paid_there()
    results = together([told(shop, payment)[-1]] * 6)

    assert failures(results) == []
    assert WebhookReceipt.objects.count() == 1
    assert shop.agrees(payment) == Sums(1, captured=Decimal(100))


@pytest.mark.parametrize("shop", ["stripe"], indirect=True)
def test_without_a_unique_reference_each_copy_would_be_booked(shop: Shop) -> None:
    """The control: who looks whether it is there, and then writes it down, finds that it isn't, as the other does."""
    payment = shop.paid_there()
    both_have_looked = threading.Barrier(2)

    def book_carelessly() -> None:
        existing = Transaction.objects.filter(payment_id=payment.pk).exists()
        both_have_looked.wait(timeout=10)
        if not existing:
            row = {"kind": "capture", "state": "succeeded", "amount": Decimal(100), "currency": "EUR"}
            Transaction.objects.create(payment_id=payment.pk, gateway="now", **row)

    assert together([book_carelessly] * 2) == [None, None]
    assert ledger.balance_of(Payment.objects.get()).captured == Decimal(200)


@pytest.mark.parametrize("shop", ["stripe", "paypal", "razorpay"], indirect=True)
def test_captures_and_their_webhooks_at_once_take_once(shop: Shop) -> None:
    """Two of staff press the button, and the provider tells of it meanwhile."""
    payment = shop.paid("hold")
    tell = told(shop, payment)
    results = together([lambda: services.capture(payment, by=SYSTEM)] * 2 + tell)
    together(told(shop, payment))

    assert failures(results) == []
    assert shop.agrees(payment) == Sums(1, captured=Decimal(100))
    assert [row.state for row in payment.transactions.filter(kind="capture")] == ["succeeded"]


@pytest.mark.parametrize("shop", ["stripe", "paypal", "razorpay", "paystack"], indirect=True)
def test_refunds_and_their_webhooks_at_once_give_back_once(shop: Shop) -> None:
    """Two refunds of 60 on 100: one; told while it is being answered, it is the same one."""
    payment = shop.paid()
    shop.deliveries()
    results = together([lambda: services.refund(payment, PART, by=SYSTEM)] * 2)
    answers = together(told(shop, payment) * 2)

    assert failures(results + answers) == []
    assert sorted(type(result).__name__ for result in results) == ["AmountError", "Transaction"]
    [row] = payment.transactions.filter(kind="refund")
    assert row.amount == PART
    assert ledger.balance_of(Payment.objects.get()).refundable == Decimal(40)


@pytest.mark.parametrize("shop", ["stripe", "paystack", "chapa"], indirect=True)
def test_a_lost_refund_that_two_processes_finish_is_made_once(shop: Shop) -> None:
    """Also where the provider has no key that would tell two calls to be one."""
    payment = shop.paid()
    amount = Decimal(40 if conf.gateway("now").capabilities.partial_refund else 100)
    shop.server.fault("drop_before", path="/.*refund.*", method="POST")
    asked = services.refund(payment, amount, by=SYSTEM)
    assert asked.state == "requested"
    if not conf.gateway("now").capabilities.keyed_refunds:  # it may still be running there: nobody sends it before
        assert services.finish_refund(Transaction.objects.get(pk=asked.pk)).state == "requested"
        assert len(shop.server.books.refunds) == 0
        Transaction.objects.filter(pk=asked.pk).update(lease_until=clock.now())
    shop.server.fault("latency", path="/.*refund.*", method="POST", times=4, seconds=1)  # all look before one is made
    seen = [Transaction.objects.get(pk=asked.pk) for _ in range(4)]
    results = together([lambda entry=entry: services.finish_refund(entry) for entry in seen])

    assert failures(results) == []
    given = [row for row in payment.transactions.filter(kind="refund") if row.state != "failed"]
    assert [row.amount for row in given] == [amount]
    assert len(shop.server.books.refunds) == 1


@pytest.mark.parametrize("shop", ["paystack"], indirect=True)
def test_without_the_claim_a_refund_that_two_finish_would_be_made_twice(shop: Shop) -> None:
    """The control: both look for it, neither finds it, both ask."""
    payment, price = shop.paid(), Price(Decimal(40), "NGN")
    gateway, both_have_looked = conf.gateway("now"), threading.Barrier(2)
    asked = write_down(payment, EntryKind.REFUND, price.amount, SYSTEM)

    def finish_carelessly() -> None:
        assert gateway.find_refund(payment.ref, asked.key or "", price) is None
        both_have_looked.wait(timeout=10)
        values = {"transaction": payment.reference, "amount": 4000, "currency": "NGN", "merchant_note": asked.key}
        shop.server.create_refund(values)

    assert together([finish_carelessly] * 2) == [None, None]
    assert len(shop.server.books.refunds) == 2
