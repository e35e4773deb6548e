"""Payments under races, on PostgreSQL; each race has a control that shows it when the lock is taken away."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import transaction

from tests.payments.conftest import started
from tradepost.core.actors import SYSTEM, Actor, By
from tradepost.core.dates import clock
from tradepost.core.errors import IdempotencyKeyReused, TradepostError
from tradepost.customers.services import customer_for
from tradepost.orders import services as orders
from tradepost.orders.models import Order
from tradepost.payments import (
    conf,
    jobs,
    lease,
    ledger,
    services,
)
from tradepost.payments.errors import NotCapturable
from tradepost.payments.interface import (
    Entry,
    EntryKind,
    OutcomeUnknown,
    Price,
    Result,
    SavedInfo,
    SavedRef,
    Status,
)
from tradepost.payments.models import Payment, SavedMethod, Transaction
from tradepost.payments.services import captures
from tradepost.payments.services.cancellation import write_down
from tradepost.payments.services.captures import still_due
from tradepost.testing.gateways import ScriptedGateway, authorised, captured, refunded, waiting
from tradepost.testing.races import together

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
STAFF = By(Actor.STAFF, label="anna")


def held() -> tuple[Payment, ScriptedGateway]:
    """100.00 authorised, at the provider that holds first."""
    provider = conf.gateway("hold")
    assert isinstance(provider, ScriptedGateway)
    return started(provider, authorised, "100.00", method="hold"), provider


def taken(amount: str, ref: str) -> Result:
    """An answer to a capture."""
    entry = Entry(kind=EntryKind.CAPTURE, provider_ref=ref, amount=Decimal(amount), currency="EUR")
    return Result(status=Status.CAPTURED, entries=[entry])


def test_two_refunds_of_sixty_on_a_hundred_are_one(gateway: ScriptedGateway) -> None:
    """The second is refused before the provider is called."""
    payment = started(gateway, captured, "100.00")
    price = Price(Decimal("60.00"), "EUR")
    gateway.play(refunded(price, "r1"), refunded(price, "r2"))
    results = together([lambda: services.refund(payment, Decimal("60.00"), by=STAFF)] * 2)

    assert sorted(type(r).__name__ for r in results) == ["AmountError", "Transaction"]
    assert len(gateway.called("refund")) == 1
    assert ledger.balance_of(Payment.objects.get()).refunded == Decimal("60.00")


def test_without_the_lock_both_refunds_would_pass_the_guard(gateway: ScriptedGateway) -> None:
    """The control: reading without a lock lets both see a hundred."""
    payment = started(gateway, captured, "100.00")
    both_have_read = threading.Barrier(2)

    def refund_without_a_lock() -> None:
        with transaction.atomic():
            most = ledger.balance_of(Payment.objects.get()).refundable
            both_have_read.wait(timeout=10)
            assert Decimal("60.00") <= most
            write_down(payment, EntryKind.REFUND, Decimal("60.00"), STAFF)

    assert together([refund_without_a_lock] * 2) == [None, None]
    assert sum(row.amount for row in Transaction.objects.filter(kind="refund")) == Decimal("120.00")


def test_two_captures_of_sixty_on_a_hundred_are_one(gateway: ScriptedGateway) -> None:
    """The second is refused before the provider is called: 60 are on their way, and 40 are left."""
    payment, provider = held()
    provider.play(taken("60.00", "c1"), taken("60.00", "c2"))
    results = together([lambda: services.capture(payment, Decimal("60.00"), by=STAFF, final=False)] * 2)

    assert sorted(type(r).__name__ for r in results) == ["AmountError", "Payment"]
    assert len(provider.called("capture")) == 1
    assert ledger.balance_of(Payment.objects.get()).captured == Decimal("60.00")


def test_without_the_lock_both_captures_would_pass_the_guard(gateway: ScriptedGateway) -> None:
    """The control: reading without a lock lets both see a hundred."""
    payment, _provider = held()
    both_have_read = threading.Barrier(2)

    def capture_without_a_lock() -> None:
        with transaction.atomic():
            most = ledger.balance_of(Payment.objects.get()).authorised
            both_have_read.wait(timeout=10)
            assert Decimal("60.00") <= most
            write_down(payment, EntryKind.CAPTURE, Decimal("60.00"), STAFF, final=False)

    assert together([capture_without_a_lock] * 2) == [None, None]
    assert sum(row.amount for row in Transaction.objects.filter(kind="capture")) == Decimal("120.00")


def five_due() -> tuple[Payment, ScriptedGateway]:
    """100.00 authorised, of which goodwill left 5.00 due."""
    payment, provider = held()
    orders.credit_goodwill(Order.objects.get(), Decimal("95.00"), by=STAFF)
    return payment, provider


def test_two_parcels_at_once_take_what_is_due_once(gateway: ScriptedGateway) -> None:
    """Each is worth more; what is due is looked at under the lock."""
    payment, provider = five_due()
    provider.play(taken("5.00", "c1"))
    parcel = Decimal("60.00")
    results = together([lambda: services.capture_up_to(payment, parcel, by=STAFF, final=False)] * 2)

    assert [type(result).__name__ for result in results] == ["Payment", "Payment"]
    assert [call.values["price"].amount for call in provider.called("capture")] == [Decimal("5.00")]
    assert ledger.balance_of(Payment.objects.get()).captured == Decimal("5.00")


def test_without_the_lock_each_parcel_would_take_what_is_due(gateway: ScriptedGateway) -> None:
    """The control: 10.00 for 5.00."""
    payment, _provider = five_due()
    both_have_read = threading.Barrier(2)

    def capture_without_a_lock() -> None:
        with transaction.atomic():
            most = still_due(Order.objects.get(), Payment.objects.all())
            both_have_read.wait(timeout=10)
            write_down(payment, EntryKind.CAPTURE, min(most, Decimal("60.00")), STAFF, final=False)

    assert together([capture_without_a_lock] * 2) == [None, None]
    assert sum(row.amount for row in Transaction.objects.filter(kind="capture")) == Decimal("10.00")


def parcel_during_a_credit() -> list[Decimal]:
    """Amounts that a parcel takes of 100.00, which leaves while 95.00 of them are being credited as goodwill."""
    payment, provider = held()
    credited, taken_from = threading.Event(), threading.Event()
    provider.play(lambda ref: taken(f"{provider.called('capture')[-1].values['price'].amount}", "c1"))

    def credit() -> None:
        with transaction.atomic():
            orders.credit_goodwill(payment.order, Decimal("95.00"), by=STAFF)
            credited.set()
            taken_from.wait(timeout=1)  # as long as that takes, which waits for us

    def capture() -> None:
        assert credited.wait(timeout=10)
        services.capture_up_to(payment, Decimal("60.00"), by=STAFF, final=False)
        taken_from.set()

    assert together([credit, capture]) == [None, None]
    return [call.values["price"].amount for call in provider.called("capture")]


def test_a_parcel_waits_for_the_credit_that_is_being_made(gateway: ScriptedGateway) -> None:
    """The order is locked with its payments: what is due is what the credit leaves."""
    assert parcel_during_a_credit() == [Decimal("5.00")]


def test_without_the_orders_lock_a_parcel_takes_what_is_credited(
    gateway: ScriptedGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: the payments alone are locked, and the order is read as it was."""

    def lock_payments_only(order_id: int) -> Any:
        order = Order.objects.get(pk=order_id)
        payments = {row.pk: row for row in Payment.objects.of_order(order_id).locked()}
        for row in payments.values():
            row.order = order
        return order, payments

    monkeypatch.setattr(captures, "lock_payments", lock_payments_only)
    assert parcel_during_a_credit() == [Decimal("60.00")]


def refund_twice(payment: Payment) -> list[Any]:
    """A double click, at once."""
    return together([lambda: services.refund(payment, Decimal("4.00"), by=STAFF, idempotency_key="click-1")] * 2)


def test_a_refund_under_one_key_is_one_however_often_it_is_clicked(gateway: ScriptedGateway) -> None:
    """Both are given the same row; 4.00 go back once. With another amount the key is refused."""
    payment = started(gateway, captured, "100.00")
    gateway.play(refunded(Price(Decimal("4.00"), "EUR"), "r1"))
    results = refund_twice(payment)

    assert len({row.pk for row in results}) == 1
    assert len(gateway.called("refund")) == 1
    assert ledger.balance_of(Payment.objects.get()).refunded == Decimal("4.00")
    with pytest.raises(IdempotencyKeyReused):
        services.refund(payment, Decimal("5.00"), by=STAFF, idempotency_key="click-1")


def test_without_the_key_two_clicks_are_two_refunds(gateway: ScriptedGateway) -> None:
    """The control: each is a refund of its own."""
    payment = started(gateway, captured, "100.00")
    price = Price(Decimal("4.00"), "EUR")
    gateway.play(refunded(price, "r1"), refunded(price, "r2"))
    together([lambda: services.refund(payment, Decimal("4.00"), by=STAFF)] * 2)
    assert ledger.balance_of(Payment.objects.get()).refunded == Decimal("8.00")


def test_two_last_captures_at_once_are_one(gateway: ScriptedGateway) -> None:
    """Each would let the rest go that the other takes of; who comes second is refused while the first is at the provider."""
    payment, provider = held()
    one_was_refused = threading.Event()

    def slow_answer(_payment: object) -> Result:
        assert one_was_refused.wait(timeout=10)
        return taken("30.00", "c1")

    def capture() -> object:
        try:
            return services.capture(payment, Decimal("30.00"), by=STAFF)
        except NotCapturable:
            one_was_refused.set()
            raise

    provider.play(slow_answer)
    results = together([capture] * 2)

    assert sorted(type(r).__name__ for r in results) == ["NotCapturable", "Payment"]
    assert ledger.balance_of(Payment.objects.get()).captured == Decimal("30.00")


def lost_capture() -> tuple[Transaction, ScriptedGateway]:
    """30.00 asked for some time ago, and never answered."""
    payment, provider = held()
    provider.play(OutcomeUnknown("no answer"))
    services.capture(payment, Decimal("30.00"), by=STAFF)
    Transaction.objects.filter(kind="capture").update(updated_at=clock.now() - timedelta(minutes=5))
    return Transaction.objects.get(kind="capture"), provider


def test_two_jobs_at_once_ask_for_a_lost_capture_once(gateway: ScriptedGateway) -> None:
    """Not every provider has a key that makes two calls one."""
    asked, provider = lost_capture()
    provider.play(authorised, taken("30.00", "c1"))

    results = together([jobs.finish_captures] * 2)

    assert sorted(results) == [0, 1]
    assert len(provider.called("capture")) == 2  # the lost one, and this
    asked.refresh_from_db()
    assert asked.state == "succeeded"


def test_without_a_lease_both_would_ask(gateway: ScriptedGateway, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: the second asks before the first has its answer."""
    asked, provider = lost_capture()
    monkeypatch.setattr(lease, "take", lambda _row, **_how: True)
    monkeypatch.setattr(lease, "renew", lambda _row: True)
    both_have_asked = threading.Barrier(2)

    def slow_answer(_payment: object) -> Result:
        both_have_asked.wait(timeout=10)
        return taken("30.00", "c1")

    asking = threading.Barrier(2)

    def nothing_taken(payment: Any) -> Result:
        asking.wait(timeout=10)
        return authorised(payment)

    provider.play(nothing_taken, nothing_taken, slow_answer, slow_answer)
    together([lambda: services.finish_capture(asked)] * 2)

    assert len(provider.called("capture")) == 3


def test_one_payment_settled_by_everybody_at_once_is_booked_once(gateway: ScriptedGateway) -> None:
    """The return page, the webhook and the job all at the same moment."""
    payment = started(gateway, waiting)
    result = captured(payment.ref)
    results = together([lambda: services.settle(payment, result)] * 6)

    assert not [r for r in results if isinstance(r, Exception)]
    assert Transaction.objects.count() == 1
    assert Order.objects.get().events.filter(kind="confirm").count() == 1


def test_a_method_that_everybody_tells_of_at_once_is_saved_once(gateway: ScriptedGateway) -> None:
    """The return page, the webhook and the job all book the same card; it stands in the list once."""
    customer = customer_for(get_user_model().objects.create_user("ada", email="ada@shop.example"))
    payment = started(gateway, waiting)
    agreed = {"version": "1", "text": "Keep it.", "at": clock.now().isoformat()}
    Order.objects.update(customer=customer)
    Payment.objects.update(state={"start": {"consent": agreed}})
    info = SavedInfo(ref=SavedRef(provider_ref="pm_1", customer_ref="cus_1"), last4="4242", fingerprint="f")
    result = replace(captured(payment.ref), saved=info)

    results = together([lambda: services.settle(payment, result)] * 6)

    assert not [r for r in results if isinstance(r, Exception)]
    assert list(SavedMethod.objects.values_list("provider_ref", "forget_asked_at")) == [("pm_1", None)]


def test_a_payment_started_twice_at_once_is_called_once(gateway: ScriptedGateway) -> None:
    """A double click costs one call."""
    from tests.payments.conftest import opened

    payment = opened()
    gateway.play(captured)
    together([lambda: services.start(payment)] * 4)
    assert len(gateway.called("start")) == 1
    assert Payment.objects.get().status == "captured"


@pytest.mark.parametrize("round_", range(3))
def test_cancel_races_paid(gateway: ScriptedGateway, round_: int) -> None:
    """No deadlock; either confirmed, or cancelled and overpaid."""
    payment = started(gateway, waiting)
    result = captured(payment.ref)

    def cancel() -> Any:
        return orders.apply(payment.order, "cancel", by=SYSTEM)

    gateway.play(lambda ref: refunded(ref.price, "r"))  # by the durable handler, if it is cancelled once it is paid
    results = together([cancel, lambda: services.settle(payment, result)])

    assert not [r for r in results if isinstance(r, Exception) and not isinstance(r, TradepostError)]
    order = Order.objects.get()
    assert (order.status, order.payment_status) in {
        ("confirmed", "paid"),
        ("cancelled", "overpaid"),
        ("cancelled", "refunded"),
    }
    assert order.amount_captured == Decimal("10.00")


def test_two_tabs_open_one_payment(gateway: ScriptedGateway) -> None:
    """The amount due is promised once."""
    from tradepost.testing import placed

    order = placed.order(placed.line_row("10.00"), reserve=False)
    results = together([lambda: services.open_payment(order, method="card")] * 4)
    assert sorted(type(r).__name__ for r in results) == ["Payment", *["PaymentInProgress"] * 3]
