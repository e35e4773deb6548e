"""Staff's payments: looked at, moved at the provider, booked by hand; and what of them waits for somebody."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from pytest_django.fixtures import DjangoAssertNumQueries

from tests.payments.conftest import gateway, started
from tradepost.orders.models import Credit, Order
from tradepost.payments import services
from tradepost.payments.admin.forms import RESOLVING
from tradepost.payments.interface import Entry, EntryKind, Price, Result, Status
from tradepost.payments.models import Discrepancy, Payment, Transaction, WebhookReceipt
from tradepost.payments.reconciliation import resolutions
from tradepost.testing.gateways import ScriptedGateway, authorised, cancelled, captured, refunded, waiting

from .conftest import Staff

__all__ = ["gateway"]

pytestmark = pytest.mark.django_db

EUR = {"currency": "EUR"}


def eur(amount: str) -> dict[str, str]:
    """An amount as the API has it."""
    return {"amount": amount, **EUR}


def odd(gateway: ScriptedGateway, amount: str, *, total: str = "10.00") -> Discrepancy:
    """A payment for which the provider reports another amount."""
    payment = started(gateway, waiting, total)
    entry = Entry(kind=EntryKind.CAPTURE, provider_ref="c1", amount=Decimal(amount), currency="EUR")
    gateway.play(Result(status=Status.CAPTURED, amount=Decimal(amount), currency="EUR", entries=[entry]))
    services.ask(payment)
    return Discrepancy.objects.get()


def test_payments_are_listed_and_shown_with_their_ledger(
    staff: Callable[[str], Staff], gateway: ScriptedGateway
) -> None:
    """By order, status, method and what people have in hand."""
    payment = started(gateway, captured)
    caller, number = staff("support"), payment.order.number

    def listed(**query: Any) -> list[str]:
        answer = caller.get("payments/", **query)
        assert answer.status_code == 200, answer.content
        return [row["reference"] for row in answer.json()["results"]]

    for query in ({}, {"order": number}, {"status": "captured"}, {"method": "card"}, {"search": payment.reference}):
        assert listed(**query) == [payment.reference], query
    for query in ({"order": "X"}, {"status": "failed"}, {"method": "hold"}, {"outcome_unknown": "true"}):
        assert listed(**query) == [], query
    body = caller.get(f"payments/{payment.uuid}/").json()
    assert (body["order"], body["amount"], body["balance"]["refundable"]) == (number, eur("10.00"), eur("10.00"))
    assert [(row["kind"], row["state"], row["amount"]) for row in body["transactions"]] == [
        ("capture", "succeeded", eur("10.00"))
    ]
    assert caller.get(f"payments/{uuid4()}/").status_code == 404


def test_a_refund_is_previewed_and_then_made_once(staff: Callable[[str], Staff], gateway: ScriptedGateway) -> None:
    """The preview asks no provider and writes nothing; the same key refunds once."""
    payment = started(gateway, captured)
    caller, path, body = staff("finance"), f"payments/{payment.uuid}/refund/", {"amount": eur("4.00"), "reason": "late"}

    preview = caller.post(f"{path}preview/", body).json()

    assert (preview["before"]["due"], preview["after"]["due"]) == (eur("10.00"), eur("6.00"))
    assert (preview["after"]["paid"], preview["after"]["payment_status"]) == (eur("6.00"), "partly_refunded")
    assert [call.name for call in gateway.calls] == ["start"]
    assert (Transaction.objects.count(), Credit.objects.count()) == (1, 0)

    gateway.play(refunded(Price(Decimal(4), "EUR"), "r"))
    answers = [caller.post(path, body, key="r1") for _time in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200], answers[0].content
    assert answers[0].json()["balance"]["refunded"] == eur("4.00")
    assert [call.name for call in gateway.calls] == ["start", "refund"]
    order = Order.objects.get()
    assert (order.due, order.payment_status) == (Decimal(6), "partly_refunded")
    assert Transaction.objects.get(kind="refund").actor_label == "finance@shop"


def test_refunds_that_cannot_be(staff: Callable[[str], Staff], gateway: ScriptedGateway) -> None:
    """No provider is asked, by the preview neither."""
    payment = started(gateway, captured)
    caller, path = staff("finance"), f"payments/{payment.uuid}/refund/"
    for amount in (eur("10.01"), eur("0.00"), eur("-1.00"), {"amount": "1.00", "currency": "USD"}, "1.00"):
        assert [caller.post(end, {"amount": amount}).status_code for end in (path, f"{path}preview/")] == [400, 400]

    assert [call.name for call in gateway.calls] == ["start"]
    assert Transaction.objects.count() == 1


def test_a_hold_is_captured_in_part_and_the_rest_let_go(
    staff: Callable[[str], Staff], gateway: ScriptedGateway
) -> None:
    """By whoever may move money."""
    payment = started(gateway, authorised, method="hold")
    caller = staff("finance")
    assert staff("orders").post(f"payments/{payment.uuid}/capture/").status_code == 403
    gateway.play(captured)

    body = caller.post(f"payments/{payment.uuid}/capture/", {"amount": eur("10.00")}).json()

    assert (body["status"], body["balance"]["captured"]) == ("captured", eur("10.00"))


def test_a_payment_is_cancelled(staff: Callable[[str], Staff], gateway: ScriptedGateway) -> None:
    """With the reason in the history."""
    payment = started(gateway, waiting)
    gateway.play(cancelled)

    answer = staff("finance").post(f"payments/{payment.uuid}/cancel/", {"reason": "they called"})

    assert (answer.status_code, answer.json()["status"]) == (200, "cancelled")


def test_money_is_booked_by_hand_and_struck_out(staff: Callable[[str], Staff], gateway: ScriptedGateway) -> None:
    """A reference is booked once, and struck by it."""
    payment = started(gateway, waiting)
    caller, path = staff("finance"), f"payments/{payment.uuid}/bookings/"
    body = {"kind": "capture", "amount": eur("10.00"), "reference": "SEPA 7", "reason": "sent by bank"}

    first, again = (caller.post(path, body) for _time in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert [(row["is_by_hand"], row["by"]) for row in again.json()["transactions"]] == [(True, "finance@shop")]
    assert Order.objects.get().status == "confirmed"
    other = caller.post(path, {**body, "amount": eur("9.00")})
    assert (other.status_code, other.json()["errors"][0]["code"]) == (409, "already_booked")
    assert caller.post(path, {**body, "reference": " "}).status_code == 400
    nothing = caller.post(f"{path}strike/", {"kind": "refund", "reference": "SEPA 7", "reason": "x"})
    assert (nothing.status_code, nothing.json()["errors"][0]["attr"]) == (400, "reference")
    struck = caller.post(f"{path}strike/", {"kind": "capture", "reference": "SEPA 7", "reason": "not ours"}).json()
    assert [row["state"] for row in struck["transactions"]] == ["failed"]


def test_the_work_list_says_what_to_do_and_does_it(staff: Callable[[str], Staff], gateway: ScriptedGateway) -> None:
    """A surplus is refunded by who may move money; it is resolved once."""
    row = odd(gateway, "12.00")
    caller, path = staff("finance"), f"discrepancies/{row.uuid}/"

    [listed] = caller.get("discrepancies/", open="true").json()["results"]
    assert (listed["uuid"], listed["kind"], listed["order"]) == (str(row.uuid), "amount", Order.objects.get().number)
    assert listed["advice"].startswith("The amount paid isn't the amount")
    assert caller.get(path).json()["remedies"] == ["refund", "dismiss"]
    assert staff("orders").post(f"{path}resolve/", {"how": "dismiss", "note": "x"}).status_code == 403
    gateway.play(refunded(Price(Decimal(2), "EUR"), "r"))

    done = caller.post(f"{path}resolve/", {"how": "refund", "note": "sent back"})
    again = caller.post(f"{path}resolve/", {"how": "refund", "note": "sent back"})

    assert (done.status_code, done.json()["resolution"], done.json()["remedies"]) == (200, "refunded", [])
    assert (done.json()["resolved_by"], done.json()["advice"]) == ("finance@shop", "")
    assert (again.status_code, again.json()["errors"][0]["code"]) == (409, "already_resolved")
    assert Transaction.objects.get(kind="refund").amount == Decimal(2)
    assert caller.get("discrepancies/", open="true").json()["count"] == 0


def test_a_remedy_needs_its_own_permission(staff: Callable[[str], Staff], gateway: ScriptedGateway) -> None:
    """Whoever may only change discrepancies may dismiss them, and nothing more."""
    row = odd(gateway, "12.00")
    caller, path = staff(""), f"discrepancies/{row.uuid}/resolve/"
    caller.permit("change_discrepancy")

    for how in (name for name, permission in resolutions.PERMISSIONS.items() if permission):
        assert caller.post(path, {"how": how, "note": "x"}).status_code == 403, how
    assert Discrepancy.objects.get().resolved_at is None
    assert caller.post(path, {"how": "teleport"}).status_code == 400
    assert caller.post(path, {"how": "dismiss", "note": ""}).status_code == 400
    assert caller.post(path, {"how": "dismiss", "note": "agreed"}).json()["resolution"] == "dismissed"


def test_the_permissions_of_remedies_are_those_of_the_admin() -> None:
    """One table for both."""
    assert {name: form.permission for name, form in RESOLVING.items()} == dict(resolutions.PERMISSIONS)


def test_less_is_accepted_and_booked(staff: Callable[[str], Staff], gateway: ScriptedGateway) -> None:
    """The rest is credited."""
    row = odd(gateway, "8.00")

    answer = staff("finance").post(f"discrepancies/{row.uuid}/resolve/", {"how": "accept", "note": "fine"})

    assert (answer.status_code, answer.json()["resolution"]) == (200, "accepted")
    assert (Order.objects.get().status, Order.objects.get().credited) == ("confirmed", Decimal(2))


def test_a_failed_delivery_is_processed_again(staff: Callable[[str], Staff], gateway: ScriptedGateway) -> None:
    """A second failure says why; an unknown one is 404, and its payload is never shown."""
    payment = started(gateway, waiting)
    WebhookReceipt.objects.create(
        gateway="card", event_id="evt_1", kind="payment", payload={"reference": payment.reference}, state="failed"
    )
    caller, body = staff("finance"), {"gateway": "card", "event": "evt_1"}
    gateway.play(captured)

    answer = caller.post("webhook-receipts/retry/", body)

    assert (answer.status_code, answer.json()["state"]) == (200, "processed"), answer.content
    assert "payload" not in answer.json()
    assert Payment.objects.get().status == "captured"
    assert caller.post("webhook-receipts/retry/", {**body, "event": "evt_2"}).status_code == 404
    assert caller.get("webhook-receipts/", state="processed").json()["count"] == 1


def test_what_waits_is_counted(
    staff: Callable[[str], Staff], gateway: ScriptedGateway, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """By a constant number of queries."""
    odd(gateway, "12.00")
    WebhookReceipt.objects.create(gateway="card", event_id="evt_1", kind="payment", state="failed")
    caller = staff("finance")

    with django_assert_num_queries(9):
        counts = caller.get("payments/waiting/").json()

    assert counts == {
        "discrepancies": 1,
        "disputes": 0,
        "refunds_due": 1,
        "unknown_outcomes": 0,
        "failed_deliveries": 1,
    }


@pytest.mark.parametrize("rows", [1, 50])
def test_the_lists_cost_the_same_with_many(
    staff: Callable[[str], Staff],
    gateway: ScriptedGateway,
    django_assert_num_queries: DjangoAssertNumQueries,
    rows: int,
) -> None:
    """Session, user, permissions, count and page."""
    payment = started(gateway, captured)
    kinds = Discrepancy.Kind.values
    for number in range(rows):
        kind = kinds[number % len(kinds)]
        Discrepancy.objects.create(payment_id=payment.pk, order_id=payment.order_id, kind=kind, key=str(number))
    caller = staff("finance")

    for path in ("discrepancies/", "payments/", "disputes/", "webhook-receipts/"):
        with django_assert_num_queries(6 if path in ("discrepancies/", "payments/") else 5):
            assert caller.get(path, page_size=50).status_code == 200
