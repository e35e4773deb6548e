"""A provider without idempotency keys: what two calls ask for happens twice there. Each race has a control."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction

from tests.payments.conftest import opened
from tests.payments.test_refund_credits import told
from tradepost.core import db
from tradepost.core.actors import Actor, By
from tradepost.core.dates import clock
from tradepost.orders.models import Credit, Order
from tradepost.payments import (
    conf,
    jobs,
    lease,
    services,
)
from tradepost.payments.base import AbstractTransaction
from tradepost.payments.interface import (
    Capabilities,
    Entry,
    EntryKind,
    EntryState,
    Gateway,
    PaymentRef,
    Price,
    RefundResult,
    Result,
    StartRequest,
    Status,
)
from tradepost.payments.models import Discrepancy, Payment, Transaction
from tradepost.payments.reconciliation import comparison
from tradepost.payments.services.refund_credits import credit_refunds
from tradepost.payments.services.settlement import lock_payments
from tradepost.testing.gateways import ScriptedGateway, captured
from tradepost.testing.races import together

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
STAFF = By(Actor.STAFF, label="anna")
SLOW = 1.2


class KeylessGateway(Gateway):
    """Does what it is asked as often as it is asked, slowly, and knows nothing of keys."""

    code = "keyless"
    capabilities = Capabilities(
        authorise=True, multi_capture=True, partial_capture=True, void=True, refund=True, partial_refund=True
    )

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.calls: list[str] = []
        self.begun = threading.Event()

    def _slow(self, name: str, kind: EntryKind, price: Price) -> Entry:
        self.calls.append(name)
        self.begun.set()
        time.sleep(SLOW)
        entry = Entry(kind=kind, provider_ref=f"{name}-{len(self.calls)}", amount=price.amount, currency=price.currency)
        self.entries.append(entry)
        return entry

    def _result(self, payment: StartRequest | PaymentRef) -> Result:
        kinds = [entry.kind for entry in self.entries]
        status = Status.CAPTURED if EntryKind.CAPTURE in kinds else Status.AUTHORISED if kinds else Status.PENDING
        ref = f"p-{payment.reference}"
        return Result(status=status, provider_ref=ref, reference=payment.reference, entries=list(self.entries))

    def start(self, request: StartRequest) -> Result:
        self._slow("start", EntryKind.CAPTURE if request.capture else EntryKind.AUTHORISE, request.price)
        return self._result(request)

    def fetch(self, payment: PaymentRef) -> Result:
        self.calls.append("fetch")
        return self._result(payment)

    def capture(self, payment: PaymentRef, price: Price, key: str, *, final: bool = True) -> Result:
        self._slow("capture", EntryKind.CAPTURE, price)
        return self._result(payment)

    def cancel(self, payment: PaymentRef, key: str) -> Result:
        self._slow("cancel", EntryKind.VOID, payment.price)
        return replace(self._result(payment), status=Status.CANCELLED)

    def refund(self, payment: PaymentRef, price: Price, key: str, reason: str = "") -> RefundResult:
        created = self._slow("refund", EntryKind.REFUND, price)
        return RefundResult(state=EntryState.SUCCEEDED, provider_ref=created.provider_ref, price=price)


@pytest.fixture
def keyless(settings: Any) -> KeylessGateway:
    """``card`` takes at once, ``hold`` authorises first."""
    path = f"{__name__}.KeylessGateway"
    settings.TRADEPOST_PAYMENTS = {
        "GATEWAYS": {
            "card": {"BACKEND": path},
            "hold": {"BACKEND": path, "CONFIRM_ON": "authorised", "CAPTURE": "by_hand"},
        }
    }
    gateway = conf.gateway("card")
    assert isinstance(gateway, KeylessGateway)
    return gateway


@pytest.fixture
def no_lease(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everybody may call: what the leases keep away."""
    monkeypatch.setattr(lease, "take", lambda _row, **_how: True)
    monkeypatch.setattr(lease, "renew", lambda _row: True)


def paid() -> Payment:
    services.start(opened("10.00"))
    return Payment.objects.get()


@db.durable
def written_down(payment: Payment, amount: str = "10.00") -> AbstractTransaction:
    """A refund with its sender's lease, not sent."""
    order, payments = lock_payments(payment.order_id)
    return services.request_refund(order, payments[payment.pk], Decimal(amount), by=STAFF, reason="")


def beside(gateway: KeylessGateway, call: Any) -> Any:
    """Once the provider is busy with the first call."""

    def wait_and_call() -> Any:
        assert gateway.begun.wait(timeout=10)
        time.sleep(0.2)
        return call()

    return wait_and_call


def reconcile() -> Any:
    return comparison.compare(Payment.objects.get())


def refund_beside_reconcile(gateway: KeylessGateway) -> Decimal:
    """The refunds of the provider, when the books are compared while the first call is running."""
    payment = paid()
    gateway.begun.clear()
    results = together(
        [
            lambda: services.refund(payment, by=STAFF),
            beside(gateway, reconcile),
            beside(gateway, lambda: services.finish_refund(Transaction.objects.get(kind="refund"))),
        ]
    )
    assert not [result for result in results if isinstance(result, AssertionError)]
    return sum((entry.amount for entry in gateway.entries if entry.kind is EntryKind.REFUND), Decimal(0))


def test_who_reconciles_while_a_refund_is_on_its_way_sends_none(keyless: KeylessGateway) -> None:
    """10.00 go back once, and the order has one credit."""
    assert refund_beside_reconcile(keyless) == Decimal(10)
    assert keyless.calls.count("refund") == 1
    assert [credit.total for credit in Credit.objects.all()] == [Decimal(10)]
    assert (Order.objects.get().payment_status, Discrepancy.objects.count()) == ("refunded", 0)


def test_without_the_lease_it_would_go_back_again(keyless: KeylessGateway, no_lease: None) -> None:
    """The control: 30.00 for 10.00."""
    assert refund_beside_reconcile(keyless) == Decimal(30)


def test_a_sender_that_died_is_succeeded_when_its_lease_is_over(keyless: KeylessGateway) -> None:
    """Written down and never sent: nobody sends it before, one does after."""
    payment = paid()
    asked = written_down(payment)
    with clock.at(clock.now() + timedelta(minutes=2, seconds=30)):
        assert jobs.finish_refunds() == 0
        services.finish_refund(Transaction.objects.get(pk=asked.pk))
    assert keyless.calls.count("refund") == 0

    past = clock.now() - timedelta(minutes=5)
    Transaction.objects.filter(pk=asked.pk).update(lease_until=past, updated_at=past)
    results = together([jobs.finish_refunds] * 2)
    assert sorted(results) == [0, 1]
    assert keyless.calls.count("refund") == 1


def test_a_sender_that_slept_longer_than_its_lease_sends_nothing(keyless: KeylessGateway) -> None:
    """Somebody else has taken over: the first one wakes up too late."""
    payment = paid()
    asked = written_down(payment)
    with clock.at(clock.now() + lease.LENGTH + timedelta(seconds=1)):
        services.finish_refund(Transaction.objects.get(pk=asked.pk))
        assert services.send_refund(asked).state == "succeeded"
    assert keyless.calls.count("refund") == 1


def capture_beside_job(gateway: KeylessGateway) -> int:
    payment = services.start(opened("10.00", method="hold"))
    provider = conf.gateway("hold")
    assert isinstance(provider, KeylessGateway)
    provider.begun.clear()

    def finish() -> Any:
        return services.finish_capture(Transaction.objects.get(kind="capture"))

    together([lambda: services.capture(payment, Decimal("4.00"), by=STAFF, final=False), beside(provider, finish)])
    return provider.calls.count("capture")


def test_who_finishes_a_capture_that_is_on_its_way_sends_none(keyless: KeylessGateway) -> None:
    """4.00 are taken once."""
    assert capture_beside_job(keyless) == 1
    assert Order.objects.get().amount_captured == Decimal(4)


def test_without_the_lease_it_would_be_taken_again(keyless: KeylessGateway, no_lease: None) -> None:
    """The control."""
    assert capture_beside_job(keyless) == 2


def start_beside_questions(gateway: KeylessGateway) -> int:
    payment = opened("10.00")
    together(
        [
            lambda: services.start(payment),
            beside(gateway, lambda: services.ask(payment)),
            beside(gateway, lambda: services.complete(payment, {})),
            beside(gateway, lambda: services.cancel(payment, by=STAFF)),
            beside(gateway, reconcile),
        ]
    )
    return gateway.calls.count("start")


def test_who_asks_while_a_payment_is_being_started_starts_none(keyless: KeylessGateway) -> None:
    """The return page, a cancel, a reconcile: 10.00 are taken once."""
    assert start_beside_questions(keyless) == 1
    assert Order.objects.get().amount_captured == Decimal(10)


def test_without_the_lease_it_would_be_started_again(keyless: KeylessGateway, no_lease: None) -> None:
    """The control."""
    assert start_beside_questions(keyless) > 1


def cancel_twice() -> int:
    payment = services.start(opened("10.00", method="hold"))
    provider = conf.gateway("hold")
    assert isinstance(provider, KeylessGateway)
    provider.begun.clear()
    cancel = lambda: services.cancel(payment, by=STAFF)  # noqa: E731
    together([cancel, beside(provider, cancel)])
    return provider.calls.count("cancel")


def test_a_payment_is_let_go_by_one_call_at_a_time(keyless: KeylessGateway) -> None:
    """The second is told that it is being processed."""
    assert cancel_twice() == 1
    assert Payment.objects.get().status == "cancelled"


def test_without_the_lease_it_would_be_let_go_twice(keyless: KeylessGateway, no_lease: None) -> None:
    """The control."""
    assert cancel_twice() == 2


def test_webhook_answer_and_reconcile_of_one_refund_make_one_credit(gateway: ScriptedGateway) -> None:
    """All book the same row, and only one credits it."""
    gateway.play(captured)
    payment = services.start(opened("10.00"))
    result = told(payment, ("re_1", "4.00"))
    answer = RefundResult(state=EntryState.SUCCEEDED, provider_ref="re_1", price=Price(Decimal("4.00"), "EUR"))
    asked = written_down(payment, "4.00")

    results = together(
        [
            lambda: services.settle(payment, result, fresh=False),
            lambda: services.book_refund(payment, answer, asked=Transaction.objects.get(pk=asked.pk)),
            lambda: services.settle(payment, result),
        ]
        * 2
    )

    assert not [row for row in results if isinstance(row, Exception)]
    assert [credit.total for credit in Credit.objects.all()] == [Decimal(4)]
    assert (Order.objects.get().amount_refunded, Discrepancy.objects.count()) == (Decimal(4), 0)


def test_without_the_lock_a_refund_would_be_credited_twice(gateway: ScriptedGateway) -> None:
    """The control: both have read that nobody has credited it."""
    gateway.play(captured)
    payment = services.start(opened("10.00"))
    Transaction.objects.create(
        payment_id=payment.pk,
        gateway="card",
        kind="refund",
        state="succeeded",
        provider_ref="re_1",
        amount=Decimal(4),
        currency="EUR",
    )
    Order.objects.update(amount_refunded=Decimal(4))
    both_have_read = threading.Barrier(2)

    def credit_without_a_lock() -> None:
        with transaction.atomic():
            order = Order.objects.get()
            payments = list(Payment.objects.prefetch_related("transactions", "discrepancies"))
            both_have_read.wait(timeout=10)
            credit_refunds(order, payments)

    together([credit_without_a_lock] * 2)
    assert [credit.total for credit in Credit.objects.all()] == [Decimal(4), Decimal(4)]
