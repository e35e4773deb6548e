"""The dummy gateway: its scenarios, and books that are apart from the shop's."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.db import transaction

from tradepost.gateways.dummy import SCENARIOS, DummyGateway, Provider
from tradepost.payments.interface import (
    EntryState,
    InvalidWebhook,
    Misconfigured,
    OutcomeUnknown,
    PaymentRef,
    Price,
    Rejected,
    Status,
)

from ..conftest import entries, ref, request_for


@pytest.fixture
def gateway(tmp_path: Path) -> DummyGateway:
    return DummyGateway(path=tmp_path / "demo" / "books.sqlite3", allow=True)


def euros(amount: str) -> Price:
    return Price(Decimal(amount), "EUR")


@pytest.mark.parametrize(
    ("scenario", "status", "error_code", "money"),
    [
        ("success", Status.CAPTURED, "", [("capture", Decimal("20.00"), "succeeded")]),
        ("authorise_only", Status.AUTHORISED, "", [("authorise", Decimal("20.00"), "succeeded")]),
        ("requires_redirect", Status.REQUIRES_ACTION, "", []),
        ("decline", Status.FAILED, "declined", []),
        ("insufficient_funds", Status.FAILED, "insufficient_funds", []),
        ("pending_then_success", Status.PENDING, "", []),
        ("refund_fails", Status.CAPTURED, "", [("capture", Decimal("20.00"), "succeeded")]),
    ],
)
def test_a_scenario_is_played(
    gateway: DummyGateway, scenario: str, status: Status, error_code: str, money: list[object]
) -> None:
    """The scenario that the customer's form asks for is played; the same start again changes nothing."""
    request = request_for(client_input={"scenario": scenario})

    result = gateway.start(request)

    assert (result.status, result.error_code, entries(result)) == (status, error_code, money)
    assert gateway.start(request) == result


def test_the_settings_scenario_is_played_where_the_form_names_none(tmp_path: Path) -> None:
    """An unknown one is rejected."""
    gateway = DummyGateway(path=tmp_path / "books.sqlite3", scenario="decline", allow=True)

    assert gateway.start(request_for()).status is Status.FAILED
    with pytest.raises(Rejected):
        gateway.start(request_for(client_input={"scenario": "riches"}))
    assert "success" in SCENARIOS


def test_what_was_charged_without_an_answer_is_found(gateway: DummyGateway) -> None:
    """The first answer is lost; asking, or the same start again, tells it, and there is one charge."""
    request = request_for(client_input={"scenario": "timeout_after_charge"})
    with pytest.raises(OutcomeUnknown):
        gateway.start(request)

    result = gateway.fetch(ref(request))

    assert entries(result) == [("capture", Decimal("20.00"), "succeeded")]
    assert gateway.start(request) == result


@pytest.mark.django_db
def test_the_provider_forgets_nothing_when_the_shop_rolls_back(gateway: DummyGateway) -> None:
    """Its books aren't in the shop's database."""
    request = request_for()
    with transaction.atomic():
        gateway.start(request)
        transaction.set_rollback(True)

    assert gateway.fetch(ref(request)).status is Status.CAPTURED


def test_a_pending_payment_succeeds_when_it_is_asked_for(gateway: DummyGateway) -> None:
    """As with a bank that needs a while."""
    request = request_for(client_input={"scenario": "pending_then_success"})
    gateway.start(request)

    assert gateway.fetch(ref(request)).status is Status.CAPTURED


@pytest.mark.parametrize(
    ("decisions", "status", "error_code"),
    [
        (["pay"], Status.CAPTURED, ""),
        (["decline"], Status.FAILED, "declined"),
        (["challenge"], Status.REQUIRES_ACTION, ""),
        (["challenge", "pay"], Status.CAPTURED, ""),
        (["challenge", "decline"], Status.FAILED, "authentication_failed"),
        (["leave"], Status.REQUIRES_ACTION, ""),
        (["pay", "decline"], Status.CAPTURED, ""),
        (["decline", "pay"], Status.FAILED, "declined"),
        (["pay", "pay"], Status.CAPTURED, ""),
    ],
)
def test_the_customer_decides_on_the_providers_page(
    gateway: DummyGateway, decisions: list[str], status: Status, error_code: str
) -> None:
    """A decision is final; leaving decides nothing."""
    request = request_for(client_input={"scenario": "requires_redirect"})
    started = gateway.start(request)
    for decision in decisions:
        gateway.provider.decide(request.reference, decision)

    result = gateway.fetch(ref(request))

    assert started.next_action is not None
    assert (started.next_action.kind, started.next_action.url) == (
        "redirect",
        f"https://shop.example/dummy/{request.reference}/",
    )
    assert gateway.provider.look(request.reference).return_url == "https://shop.example/return/"
    assert (result.status, result.error_code) == (status, error_code)
    assert len(result.entries) == (1 if status is Status.CAPTURED else 0)


def test_an_unknown_decision_or_payment_is_rejected(gateway: DummyGateway) -> None:
    """Nothing is decided."""
    request = request_for(client_input={"scenario": "requires_redirect"})
    gateway.start(request)

    with pytest.raises(Rejected):
        gateway.provider.decide(request.reference, "steal")
    with pytest.raises(Rejected):
        gateway.provider.decide("reference-unknown", "pay")
    with pytest.raises(Rejected):
        gateway.fetch(PaymentRef(reference="reference-unknown", provider_ref="", price=euros("1.00")))
    assert gateway.fetch(ref(request)).status is Status.REQUIRES_ACTION


def test_parts_are_captured_until_nothing_is_left(gateway: DummyGateway) -> None:
    """0.60 and 0.40 of 1.00; 0.01 more is rejected."""
    payment = ref(request := request_for("1.00", capture=False), gateway.start(request))
    gateway.capture(payment, euros("0.60"), "capture-1", final=False)
    gateway.capture(payment, euros("0.60"), "capture-1", final=False)
    gateway.capture(payment, euros("0.40"), "capture-2")

    with pytest.raises(Rejected):
        gateway.capture(payment, euros("0.01"), "capture-3")

    assert entries(gateway.fetch(payment)) == [
        ("authorise", Decimal("1.00"), "succeeded"),
        ("capture", Decimal("0.60"), "succeeded"),
        ("capture", Decimal("0.40"), "succeeded"),
    ]


def test_a_refund_that_fails_leaves_the_money_refundable(gateway: DummyGateway) -> None:
    """It is told as failed, and another may be asked for."""
    payment = ref(request := request_for(client_input={"scenario": "refund_fails"}), gateway.start(request))

    first = gateway.refund(payment, euros("20.00"), "refund-1")
    second = gateway.refund(payment, euros("20.00"), "refund-2")

    assert (first.state, second.state) == (EntryState.FAILED, EntryState.FAILED)
    assert gateway.provider.look(request.reference).refundable == Decimal("20.00")
    with pytest.raises(Rejected):
        gateway.fetch_refund(payment, "no-such-refund")


def test_a_key_is_not_used_for_another_amount(gateway: DummyGateway) -> None:
    """Neither of a refund nor of a payment; in another currency nothing is moved."""
    payment = ref(request := request_for(), gateway.start(request))
    gateway.refund(payment, euros("5.00"), "refund-1")

    with pytest.raises(Rejected):
        gateway.refund(payment, euros("6.00"), "refund-1")
    with pytest.raises(Rejected):
        gateway.refund(payment, Price(Decimal("5.00"), "USD"), "refund-2")
    with pytest.raises(Rejected):
        gateway.start(replace(request, price=euros("21.00")))

    assert gateway.provider.look(request.reference).refundable == Decimal("15.00")


def test_a_paid_payment_is_not_cancelled_and_a_declined_one_stays_declined(gateway: DummyGateway) -> None:
    """Money that was taken is refunded."""
    paid = ref(request := request_for(), gateway.start(request))
    declined = ref(request := request_for(client_input={"scenario": "decline"}), gateway.start(request))

    with pytest.raises(Rejected):
        gateway.cancel(paid, "cancel-1")

    assert gateway.fetch(paid).status is Status.CAPTURED
    assert gateway.cancel(declined, "cancel-2").status is Status.FAILED


def test_several_threads_and_processes_share_the_books(gateway: DummyGateway) -> None:
    """Eight ask for 5.00 of 20.00 at once: four get it. Another process sees the same."""
    payment = ref(request := request_for(), gateway.start(request))

    def give_back(number: int) -> bool:
        try:
            gateway.refund(payment, euros("5.00"), f"refund-{number}")
        except Rejected:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        given = list(pool.map(give_back, range(8)))
    code = (
        "import sys; from pathlib import Path; from tradepost.gateways.dummy import Provider; "
        "print(Provider(Path(sys.argv[1])).look(sys.argv[2]).refundable)"
    )
    seen = subprocess.run(
        [sys.executable, "-c", code, str(gateway.provider.path), request.reference],
        capture_output=True,
        text=True,
        check=True,
    )

    assert sum(given) == 4
    assert Decimal(seen.stdout.strip()) == 0


def test_it_is_refused_where_it_would_sell_for_nothing(tmp_path: Path) -> None:
    """With DEBUG off, unless the project says so; the system check tells why."""
    gateway = DummyGateway(path=tmp_path / "books.sqlite3")

    with pytest.raises(Misconfigured, match="allow=True"):
        gateway.start(request_for())

    assert "takes no money" in gateway.problem()
    assert not (tmp_path / "books.sqlite3").exists()
    assert DummyGateway(allow=True).problem() == ""
    assert "riches" in DummyGateway(allow=True, scenario="riches").problem()


def test_it_may_be_used_while_developing(tmp_path: Path, settings: Any) -> None:
    """With DEBUG on."""
    settings.DEBUG = True

    assert DummyGateway(path=tmp_path / "books.sqlite3").start(request_for()).status is Status.CAPTURED


def test_without_a_path_a_project_has_books_of_its_own() -> None:
    """Two gateways of one project share them."""
    assert DummyGateway().provider.path == DummyGateway().provider.path
    assert isinstance(DummyGateway().provider, Provider)


def test_its_deliveries_are_told_apart_by_what_changed(gateway: DummyGateway) -> None:
    """The same state has the same id; an old delivery is refused."""
    request = request_for(client_input={"scenario": "requires_redirect"})
    gateway.start(request)
    first, again = gateway.webhook(request.reference), gateway.webhook(request.reference)
    gateway.provider.decide(request.reference, "pay")
    paid = gateway.webhook(request.reference)
    ids = [gateway.parse_webhook(delivery)[0].id for delivery in (first, again, paid)]

    assert ids[0] == ids[1] != ids[2]
    assert gateway.parse_webhook(paid)[0].trusted is False
    for header in ("", "t=1,v1=00", "t=²,v1=0", paid.headers["dummy-signature"].replace("t=", "t=9")):
        with pytest.raises(InvalidWebhook):
            gateway.parse_webhook(replace(paid, headers={"dummy-signature": header}))


@pytest.mark.parametrize("seconds", [301, -301])
def test_an_old_delivery_is_refused(gateway: DummyGateway, seconds: int) -> None:
    """As is one of the future, though it is signed."""
    request = request_for()
    gateway.start(request)
    with time_machine.travel(datetime.now(tz=UTC) - timedelta(seconds=seconds)):
        delivery = gateway.webhook(request.reference)

    with pytest.raises(InvalidWebhook):
        gateway.parse_webhook(delivery)
