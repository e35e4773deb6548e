"""Payments in the admin: a ledger to read, money to move by buttons, and the list of what doesn't fit."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from tests.forms import filled_in
from tests.payments.conftest import started
from tradepost.core.dates import clock
from tradepost.payments import conf, services
from tradepost.payments.interface import (
    Entry,
    EntryKind,
    OutcomeUnknown,
    Price,
    Result,
    Status,
)
from tradepost.payments.models import Discrepancy, Dispute, Payment, PaymentCall, Transaction, WebhookReceipt
from tradepost.testing.gateways import ScriptedGateway, authorised, captured, refunded, waiting

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss() -> Client:
    client = Client()
    client.force_login(get_user_model().objects.create_superuser("boss", "boss@example.com", "x"))
    return client


def clerk(*permissions: str) -> Client:
    """A member of staff with some permissions."""
    user = get_user_model().objects.create_user("clerk", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client = Client()
    client.force_login(user)
    return client


def page(payment: Payment) -> str:
    return reverse("admin:tradepost_payments_payment_change", args=[payment.pk])


def press(client: Client, payment: Payment, operation: str, **values: str) -> Any:
    """Press a button of a payment's page; the page that is shown then."""
    url = reverse("admin:tradepost_payment_operate", args=[payment.pk])
    return client.post(url, filled_in(operation=operation, **values), follow=True)


def told(answer: Any) -> list[str]:
    return [str(message) for message in answer.context["messages"]]


def ledger() -> list[tuple[str, str, Decimal, str]]:
    rows = Transaction.objects.order_by("pk")
    return [(row.kind, row.state, row.amount, row.actor_label) for row in rows]


@pytest.fixture
def held(gateway: ScriptedGateway) -> ScriptedGateway:
    """The method that authorises first."""
    provider = conf.gateway("hold")
    assert isinstance(provider, ScriptedGateway)
    return provider


def test_the_list_finds_a_payment_by_its_order(boss: Client, gateway: ScriptedGateway) -> None:
    """With its amount, and a word where the outcome isn't known."""
    payment = started(gateway, OutcomeUnknown("no answer"))
    listing = reverse("admin:tradepost_payments_payment_changelist")

    shown = boss.get(listing, {"q": payment.order.number}).content.decode()
    assert payment.reference in shown
    assert "outcome unknown" in shown
    assert payment.reference not in boss.get(listing, {"q": "nobody"}).content.decode()


def test_a_part_is_captured_and_the_ledger_says_by_whom(boss: Client, held: ScriptedGateway) -> None:
    """4.00 of 10.00."""
    payment = started(held, authorised, method="hold")
    entry = Entry(kind=EntryKind.CAPTURE, provider_ref="c1", amount=Decimal("4.00"), currency="EUR")
    held.play(Result(status=Status.CAPTURED, entries=[entry]))

    answer = press(boss, payment, "capture", amount="4.00")

    assert told(answer) == ["Done; see the ledger."]
    assert [row[:3] for row in ledger()] == [
        ("authorise", "succeeded", Decimal("10.00")),
        ("capture", "succeeded", Decimal("4.00")),
    ]
    assert ledger()[1][3] == "boss"
    assert held.called("capture")[0].values["price"] == Price(Decimal("4.00"), "EUR")


def test_more_than_is_held_is_refused_without_asking_the_provider(boss: Client, held: ScriptedGateway) -> None:
    """The refusal is shown; nothing has changed."""
    payment = started(held, authorised, method="hold")
    before = ledger()

    answer = press(boss, payment, "capture", amount="10.01")

    assert len(told(answer)) == 1
    assert told(answer) != ["Done; see the ledger."]
    assert (ledger(), held.called("capture")) == (before, [])


def test_a_part_is_given_back(boss: Client, gateway: ScriptedGateway) -> None:
    """With its reason."""
    payment = started(gateway, captured)
    gateway.play(refunded(Price(Decimal("2.50"), "EUR"), "r1"))

    answer = press(boss, payment, "refund", amount="2.50", reason="a chip")

    assert told(answer) == ["Done; see the ledger."]
    assert ledger()[1] == ("refund", "succeeded", Decimal("2.50"), "boss")
    assert Transaction.objects.get(kind="refund").reason == "a chip"
    assert "a chip" in boss.get(page(payment)).content.decode()


def test_what_is_held_is_let_go(boss: Client, held: ScriptedGateway) -> None:
    """By the button that cancels."""
    payment = started(held, authorised, method="hold")
    entry = Entry(kind=EntryKind.VOID, provider_ref="v1", amount=Decimal("10.00"), currency="EUR")
    held.play(Result(status=Status.CANCELLED, entries=[entry]))

    assert told(press(boss, payment, "cancel", reason="out of stock")) == ["Done; see the ledger."]
    assert Payment.objects.get().status == "cancelled"


def test_an_outcome_that_isnt_known_is_asked_for(boss: Client, gateway: ScriptedGateway) -> None:
    """By hand, before the job does."""
    payment = started(gateway, OutcomeUnknown("no answer"))
    gateway.play(captured)

    assert told(press(boss, payment, "ask")) == ["Done; see the ledger."]
    assert (Payment.objects.get().status, Payment.objects.get().outcome_unknown) == ("captured", False)


@pytest.mark.parametrize("values", [{"operation": "steal"}, {"operation": "refund", "amount": "-1"}])
def test_what_no_button_says_is_refused(boss: Client, gateway: ScriptedGateway, values: dict[str, str]) -> None:
    """Another operation, or an amount below zero."""
    payment = started(gateway, captured)
    before = ledger()

    answer = press(boss, payment, **values)

    assert len(told(answer)) == 1
    assert (ledger(), gateway.called("refund")) == (before, [])


def test_who_may_only_look_moves_no_money(gateway: ScriptedGateway) -> None:
    """No button is shown, and one that is pressed all the same is refused; a page of nothing is as well."""
    payment = started(gateway, captured)
    client = clerk("view_payment")

    assert (
        reverse("admin:tradepost_payment_operate", args=[payment.pk]) not in client.get(page(payment)).content.decode()
    )
    assert press(client, payment, "refund").status_code == 403
    assert gateway.called("refund") == []


def test_a_button_is_pressed_by_post_only(boss: Client, gateway: ScriptedGateway) -> None:
    """A link can't move money."""
    url = reverse("admin:tradepost_payment_operate", args=[started(gateway, captured).pk])

    assert boss.get(url).status_code == 405
    assert boss.post(reverse("admin:tradepost_payment_operate", args=[0]), {"operation": "ask"}).status_code == 403


def test_the_page_of_a_method_that_is_gone_still_opens(boss: Client, gateway: ScriptedGateway, settings: Any) -> None:
    """Its ledger stays readable when the gateway isn't configured any more."""
    payment = started(gateway, captured)
    settings.TRADEPOST_PAYMENTS = {}

    assert boss.get(page(payment)).status_code == 200


def listed(gateway: ScriptedGateway) -> Discrepancy:
    """12.00 came for 10.00."""
    payment = started(gateway, waiting)
    entry = Entry(kind=EntryKind.CAPTURE, provider_ref="c1", amount=Decimal("12.00"), currency="EUR")
    gateway.play(Result(status=Status.CAPTURED, entries=[entry]))
    services.ask(payment)
    return Discrepancy.objects.get()


def act(row: Discrepancy, name: str) -> str:
    return reverse("admin:tradepost_discrepancy_act", args=[row.pk, name])


def test_the_work_list_says_what_to_do(boss: Client, gateway: ScriptedGateway) -> None:
    """In plain words, with a button for each act that fits; one that doesn't is not there."""
    row = listed(gateway)
    listing = reverse("admin:tradepost_payments_discrepancy_changelist")
    single = reverse("admin:tradepost_payments_discrepancy_change", args=[row.pk])

    shown = boss.get(listing).content.decode()
    assert "refund the surplus" in shown
    assert row.payment is not None
    assert row.payment.reference in shown
    shown = boss.get(single).content.decode()
    assert act(row, "refund") in shown
    assert act(row, "accept") not in shown
    assert boss.get(act(row, "accept")).status_code == 404
    assert single in boss.get(page(row.payment)).content.decode()


def test_the_surplus_is_refunded_by_a_button(boss: Client, gateway: ScriptedGateway) -> None:
    """And the list says who did it, how and why."""
    row = listed(gateway)
    gateway.play(refunded(Price(Decimal("2.00"), "EUR"), "r"))
    assert 'placeholder="2.00"' in boss.get(act(row, "refund")).content.decode()

    answer = boss.post(act(row, "refund"), filled_in({"note": "typo"}), follow=True)

    row.refresh_from_db()
    assert told(answer) == ["Done: Refund the surplus."]
    assert (row.resolution, str(row.resolved_by), row.note) == ("refunded", "boss", "typo")
    assert "refunded, boss" in boss.get(reverse("admin:tradepost_payments_discrepancy_changelist")).content.decode()
    assert boss.post(act(row, "refund"), filled_in()).status_code == 404
    assert len(gateway.called("refund")) == 1


def test_dismissing_needs_a_reason_and_a_permission(gateway: ScriptedGateway) -> None:
    """Somebody who may only look sees no buttons; who may resolve may not move money."""
    row = listed(gateway)
    single = reverse("admin:tradepost_payments_discrepancy_change", args=[row.pk])
    looker = clerk("view_discrepancy")
    assert act(row, "dismiss") not in looker.get(single).content.decode()
    assert looker.post(act(row, "dismiss"), filled_in({"note": "x"})).status_code == 403

    get_user_model().objects.all().delete()
    worker = clerk("view_discrepancy", "change_discrepancy")
    assert worker.post(act(row, "dismiss"), filled_in({"note": ""})).status_code == 200
    assert "another permission" in worker.post(act(row, "refund"), filled_in()).content.decode()
    assert gateway.called("refund") == []
    row.refresh_from_db()
    assert row.resolved_at is None
    worker.post(act(row, "dismiss"), filled_in({"note": "kept as a tip"}))
    row.refresh_from_db()
    assert (row.resolution, str(row.resolved_by), row.note) == ("dismissed", "clerk", "kept as a tip")


def test_money_that_went_back_is_booked_by_hand(gateway: ScriptedGateway) -> None:
    """With the permission for it, and without asking anybody; struck again by the same."""
    payment = started(gateway, captured)
    booker = clerk("view_payment", "book_by_hand")
    url = reverse("admin:tradepost_payment_act", args=[payment.pk, "book_refund"])
    assert url in booker.get(page(payment)).content.decode()
    asked = {"amount": "4.00", "reference": "SEPA 77", "note": "card expired"}
    booker.post(url, filled_in(asked))
    booker.post(url, filled_in(asked))
    assert ledger()[1:] == [("refund", "succeeded", Decimal("4.00"), "clerk")]

    refused = booker.post(url, filled_in({**asked, "amount": "11.00", "reference": "78"}))
    assert (refused.status_code, len(ledger())) == (200, 2)
    row = Transaction.objects.get(kind="refund")
    strike = reverse("admin:tradepost_payment_act", args=[payment.pk, "strike"])
    assert "SEPA 77" in booker.get(strike).content.decode()
    booker.post(strike, filled_in({"booked": row.pk, "note": "bounced"}))
    assert ledger()[1] == ("refund", "failed", Decimal("4.00"), "clerk")
    assert [call.name for call in gateway.calls] == ["start"]


def test_who_may_refund_may_not_book_by_hand(gateway: ScriptedGateway) -> None:
    """It is a permission of its own: nobody else would notice."""
    payment = started(gateway, captured)
    client = clerk("view_payment", "move_money")
    url = reverse("admin:tradepost_payment_act", args=[payment.pk, "book_refund"])

    assert url not in client.get(page(payment)).content.decode()
    assert client.post(url, filled_in({"amount": "4.00", "reference": "1", "note": "x"})).status_code == 403
    assert len(ledger()) == 1


def test_moving_money_needs_its_permission(gateway: ScriptedGateway) -> None:
    """Who may change payments has no button, and a form that is sent all the same moves nothing."""
    payment = started(gateway, captured)
    client = clerk("view_payment", "change_payment")
    url = reverse("admin:tradepost_payment_operate", args=[payment.pk])

    assert 'id="operations"' not in client.get(page(payment)).content.decode()
    assert client.post(url, filled_in({"operation": "refund", "amount": "4.00"})).status_code == 403
    assert gateway.called("refund") == []
    assert len(ledger()) == 1


def test_a_receipt_that_failed_is_processed_again(boss: Client, gateway: ScriptedGateway) -> None:
    """The payment is asked for, and what the provider says is booked; who may only look can't have that done."""
    payment = started(gateway, OutcomeUnknown("no answer"))
    receipt = WebhookReceipt.objects.create(
        gateway="card", event_id="e1", kind="payment", payload={"reference": payment.reference}, state="failed"
    )
    listing = reverse("admin:tradepost_payments_webhookreceipt_changelist")
    asked = {"action": "process_again", "_selected_action": [receipt.pk]}
    clerk("view_webhookreceipt").post(listing, asked)
    assert gateway.called("fetch") == []
    gateway.play(OutcomeUnknown("no answer"), captured)

    failed = boss.post(listing, asked, follow=True)
    assert told(failed) == ["card e1: The provider could not be asked.", "0 processed."]
    assert told(boss.post(listing, asked, follow=True)) == ["1 processed."]
    receipt.refresh_from_db()
    assert (receipt.state, Payment.objects.get().status) == ("processed", "captured")


def test_the_calls_of_a_provider_are_shown(boss: Client, gateway: ScriptedGateway) -> None:
    """On the payment's page, in a list with filters, and each with what was asked and answered; none can be changed."""
    payment = started(gateway, OutcomeUnknown("read timed out"))
    call = PaymentCall.objects.get()
    listing = reverse("admin:tradepost_payments_paymentcall_changelist")
    single = reverse("admin:tradepost_payments_paymentcall_change", args=[call.pk])

    assert single in boss.get(page(payment)).content.decode()
    assert payment.reference in boss.get(listing, {"outcome": "unknown", "q": payment.reference}).content.decode()
    assert payment.reference not in boss.get(listing, {"outcome": "answered"}).content.decode()
    shown = boss.get(single).content.decode()
    assert "read timed out" in shown
    assert "10.00 EUR" in shown
    assert 'name="_save"' not in shown
    assert boss.get(listing, {"payment__id__exact": payment.pk}).status_code == 200


def test_open_disputes_are_seen_where_staff_look(boss: Client, gateway: ScriptedGateway) -> None:
    """In their list, on the payment's page and on the order's, with until when to answer; one that is over in the list only."""
    payment = started(gateway, captured)
    due = clock.now() + timedelta(days=2)
    dispute = Dispute.objects.create(
        payment=payment,
        gateway="card",
        provider_ref="dp_1",
        status="needs_response",
        reason="fraudulent",
        amount=Decimal("10.00"),
        currency="EUR",
        evidence_due=due,
        opened_at=clock.now(),
    )
    listing = reverse("admin:tradepost_payments_dispute_changelist")
    single = reverse("admin:tradepost_payments_dispute_change", args=[dispute.pk])
    order = reverse("admin:tradepost_orders_order_change", args=[payment.order_id])

    assert "tp-badge warn" in boss.get(listing).content.decode()
    for url in (listing, page(payment), order):
        assert single in boss.get(url).content.decode()
    assert "dp_1" in boss.get(single).content.decode()

    Dispute.objects.update(status="won", closed_at=clock.now())
    assert single not in boss.get(order).content.decode()
    assert "tp-badge warn" not in boss.get(listing).content.decode()


def test_staff_capture_a_part_and_keep_the_rest(held: ScriptedGateway, boss: Client) -> None:
    """With the box ticked the gateway is told that another capture may follow; without it this is the last."""
    payment = started(held, authorised, "10.00", method="hold")
    shown = boss.get(page(payment)).content.decode()
    assert "Keep the rest for another capture" in shown
    for amount, ref in (("4.00", "c1"), ("5.00", "c2")):
        entry = Entry(kind=EntryKind.CAPTURE, provider_ref=ref, amount=Decimal(amount), currency="EUR")
        held.play(Result(status=Status.CAPTURED, entries=[entry]))

    press(boss, payment, "capture", amount="4.00", keep_rest="1")
    assert "Release the rest" in boss.get(page(payment)).content.decode()
    press(boss, payment, "capture", amount="5.00")

    assert [call.values["final"] for call in held.called("capture")] == [False, True]


def test_what_is_open_comes_first(boss: Client, gateway: ScriptedGateway) -> None:
    """Then what was resolved; disputes by when the answer is due. Databases sort what is empty differently."""
    payment, now = started(gateway, captured), clock.now()
    for key, resolved_at in (("a", now), ("b", None), ("c", now - timedelta(days=1))):
        Discrepancy.objects.create(kind="stuck", payment=payment, key=key, facts={"n": key}, resolved_at=resolved_at)
    for ref, closed_at, due in (
        ("d1", now, None),
        ("d2", None, None),
        ("d3", None, now + timedelta(days=9)),
        ("d4", None, now + timedelta(days=1)),
    ):
        Dispute.objects.create(
            payment=payment,
            gateway="card",
            provider_ref=ref,
            reason=ref,
            status="won" if closed_at else "needs_response",
            amount=1,
            currency="EUR",
            opened_at=now,
            closed_at=closed_at,
            evidence_due=due,
        )

    def rows(model: str) -> list[Any]:
        answer = boss.get(reverse(f"admin:tradepost_payments_{model}_changelist"))
        return list(answer.context["cl"].result_list)

    assert [row.key for row in rows("discrepancy")] == ["b", "c", "a"]
    assert [row.provider_ref for row in rows("dispute")] == ["d4", "d3", "d2", "d1"]
