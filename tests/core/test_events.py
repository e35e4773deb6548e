"""Events and the outbox."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from django.db import connection, transaction

from tradepost.core import db, events
from tradepost.core.dates import clock
from tradepost.core.errors import Misused
from tradepost.core.events import outbox
from tradepost.core.models import Delivery
from tradepost.testing.deliver import deliver_events
from tradepost.testing.races import together

NOBODY = UUID(int=0)
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Painted(events.Event):
    fence_id: int
    price: Decimal = Decimal("0.00")
    key: UUID = NOBODY
    at: datetime = NOON


@pytest.fixture
def heard() -> Iterator[list[Painted]]:
    """A durable handler that notes what it hears."""
    notes: list[Painted] = []
    events.subscribe(Painted, notes.append, when="durable", name="tests.heard")
    yield notes
    events.unsubscribe(Painted, "tests.heard")


@pytest.mark.django_db(transaction=True)
def test_refuses_to_publish_outside_a_transaction() -> None:
    """An event stands or falls with what it tells."""
    with pytest.raises(Misused):
        events.publish(Painted(1))


@pytest.mark.django_db
def test_a_handler_within_ends_the_transaction_by_its_error() -> None:
    """Handlers within the transaction fail together with it."""

    def refuse(event: Painted) -> None:
        raise ValueError("no paint")

    events.subscribe(Painted, refuse, when="within", name="tests.refuse")
    try:
        with pytest.raises(ValueError, match="no paint"), transaction.atomic():
            events.publish(Painted(1))
    finally:
        events.unsubscribe(Painted, "tests.refuse")


@pytest.mark.django_db
def test_a_stored_event_comes_back_with_its_types(heard: list[Painted]) -> None:
    """Decimals, UUIDs and times survive the outbox."""
    event = Painted(7, Decimal("12.50"), UUID(int=9), NOON)
    events.publish(event)

    assert deliver_events() == 1
    assert heard == [event]


@pytest.mark.django_db(transaction=True)
def test_a_handler_after_the_commit_that_fails_stops_nobody(caplog: pytest.LogCaptureFixture) -> None:
    """Neither who published, nor the next handler; the log names it."""
    notes: list[Painted] = []

    def refuse(event: Painted) -> None:
        raise ValueError("no paint")

    events.subscribe(Painted, refuse, when="after", name="tests.refuse")
    events.subscribe(Painted, notes.append, when="after", name="tests.note")
    try:
        with transaction.atomic():
            events.publish(Painted(1))
    finally:
        events.unsubscribe(Painted, "tests.refuse")
        events.unsubscribe(Painted, "tests.note")

    assert notes == [Painted(1)]
    assert "<locals>.refuse in on_commit()" in caplog.text


@pytest.mark.django_db(transaction=True)
def test_durable_handlers_run_after_the_commit_in_process(heard: list[Painted]) -> None:
    """Without a broker everything still happens."""
    with transaction.atomic():
        events.publish(Painted(1))
        assert heard == []

    assert heard == [Painted(1)]
    assert Delivery.objects.get().state == Delivery.State.DONE


@pytest.mark.django_db(transaction=True)
def test_a_rollback_leaves_nothing_to_deliver(heard: list[Painted]) -> None:
    """An event that was rolled back isn't delivered."""

    def paint_and_fail() -> None:
        with transaction.atomic():
            events.publish(Painted(1))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        paint_and_fail()

    assert heard == []
    assert not Delivery.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_failed_handler_is_retried_and_given_up_at_last(settings: object) -> None:
    """A failure waits longer each time; then staff see it as dead."""
    settings.TRADEPOST_EVENTS = {"TRIES": 2}  # type: ignore[attr-defined]
    tries: list[int] = []

    def fail(event: Painted) -> None:
        tries.append(event.fence_id)
        raise OSError("mail server is down")

    events.subscribe(Painted, fail, when="durable", name="tests.fail")
    try:
        with clock.at(NOON):
            with transaction.atomic():
                events.publish(Painted(3))
            row = Delivery.objects.get()
            assert (tries, row.state, row.error) == ([3], Delivery.State.DUE, "OSError: mail server is down")
            assert outbox.relay() == 0
        with clock.at(NOON + timedelta(seconds=15)):
            assert outbox.relay() == 1
        assert tries == [3, 3]
        assert Delivery.objects.get().state == Delivery.State.DEAD
    finally:
        events.unsubscribe(Painted, "tests.fail")


@pytest.mark.django_db(transaction=True)
def test_a_mail_server_that_is_down_for_a_night_and_a_day_loses_nothing() -> None:
    """Thirty hours of failures with the settings as they are: nobody has to send anything again."""
    sent: list[int] = []

    def send(event: Painted) -> None:
        if clock.now() < NOON + timedelta(hours=30):
            raise OSError("mail server is down")
        sent.append(event.fence_id)

    events.subscribe(Painted, send, when="durable", name="tests.send")
    try:
        with clock.at(NOON), transaction.atomic():
            events.publish(Painted(3))
        for hours in range(1, 37):
            with clock.at(NOON + timedelta(hours=hours)):
                outbox.relay()
        assert (sent, Delivery.objects.get().state) == ([3], Delivery.State.DONE)
    finally:
        events.unsubscribe(Painted, "tests.send")


@pytest.mark.django_db(transaction=True)
def test_a_delivery_whose_relay_died_is_due_again_after_the_lease(heard: list[Painted], settings: object) -> None:
    """A process that is killed while it handles loses nothing."""
    with clock.at(NOON):
        Delivery.objects.create(
            event=Painted.name(), payload=Painted(5).payload(), handler="tests.heard", due=NOON, claim=""
        )
        assert outbox._claim(20)
        assert outbox.relay() == 0
    with clock.at(NOON + timedelta(seconds=61)):
        assert outbox.relay() == 1
    assert heard == [Painted(5)]


@pytest.mark.django_db(transaction=True)
def test_who_lost_a_delivery_to_another_says_nothing_of_it(heard: list[Painted]) -> None:
    """A handler slower than the lease: the other relay, which handles it now, books how that ends, and so does its failure."""
    with clock.at(NOON):
        Delivery.objects.create(
            event=Painted.name(), payload=Painted(6).payload(), handler="tests.heard", due=NOON, claim=""
        )
        [slow] = outbox._claim(20)
    with clock.at(NOON + timedelta(hours=1)):
        [_other] = outbox._claim(20)
        before = Delivery.objects.values().get()
        outbox._deliver(slow)
        slow.handler = "tests.gone"
        outbox._deliver(slow)

    assert heard == [Painted(6)]
    assert Delivery.objects.values().get() == before


def _relay_many(claim_first: bool) -> Counter[int]:
    counted: Counter[int] = Counter()
    lock = threading.Lock()

    def count(event: Painted) -> None:
        with lock:
            counted[event.fence_id] += 1

    events.subscribe(Painted, count, when="durable", name="tests.count")
    try:
        Delivery.objects.bulk_create(
            Delivery(event=Painted.name(), payload=Painted(n).payload(), handler="tests.count", due=clock.now())
            for n in range(60)
        )
        results = (
            together([lambda: outbox.relay(batch=5)] * 4) if claim_first else together([_relay_without_a_claim] * 4)
        )
        assert not [r for r in results if isinstance(r, Exception)]
    finally:
        events.unsubscribe(Painted, "tests.count")
    return counted


def _relay_without_a_claim() -> None:
    for delivery in Delivery.objects.filter(state=Delivery.State.DUE).order_by("pk"):
        outbox._deliver(delivery)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_many_relays_deliver_each_event_once() -> None:
    """Claims keep relays out of each other's way."""
    assert _relay_many(claim_first=True) == Counter(dict.fromkeys(range(60), 1))


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_without_claims_relays_would_deliver_twice() -> None:
    """The control: the claim is what holds it."""
    assert max(_relay_many(claim_first=False).values()) > 1


def _handled_beside_a_claim() -> tuple[list[object], bool]:
    """Two deliveries are due; one relay claims the first and takes its time. What another one handles, and whether meanwhile."""
    events.subscribe(Painted, lambda _event: None, when="durable", name="tests.count")
    claimed, handled, meanwhile = threading.Event(), threading.Event(), []

    def claim_slowly() -> None:
        with transaction.atomic():
            outbox._claim(1)
            claimed.set()
            meanwhile.append(handled.wait(timeout=1))

    def relay() -> int:
        assert claimed.wait(timeout=10)
        number = outbox.relay(batch=1, limit=1)
        handled.set()
        return number

    try:
        Delivery.objects.bulk_create(
            Delivery(event=Painted.name(), payload=Painted(n).payload(), handler="tests.count", due=clock.now())
            for n in range(2)
        )
        return together([claim_slowly, relay]), meanwhile[0]
    finally:
        events.unsubscribe(Painted, "tests.count")


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_a_relay_passes_over_what_another_one_claims() -> None:
    """It doesn't wait, and handles the next."""
    assert _handled_beside_a_claim() == ([None, 1], True)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_without_passing_over_a_relay_waits_for_nothing(
    monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    """The control: it waits for the row that the other has, and then has nothing to handle."""
    monkeypatch.setattr(type(connection.features), "has_select_for_update_skip_locked", False)
    db.forget_prepared()
    request.addfinalizer(db.forget_prepared)
    assert _handled_beside_a_claim() == ([None, 0], False)
