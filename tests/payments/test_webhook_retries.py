"""An event that the provider couldn't be asked about isn't processed; a missing part is asked for later, the rest is booked."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client

from tests.payments.conftest import started
from tests.payments.test_refund_credits import told
from tradepost.core.actors import SYSTEM
from tradepost.core.dates import clock
from tradepost.orders.models import Order
from tradepost.payments import (
    conf,
    jobs,
    services,
)
from tradepost.payments.errors import PaymentInProgress
from tradepost.payments.interface import (
    DisputeInfo,
    DisputeStatus,
    Entry,
    EntryKind,
    Event,
    EventKind,
    Misconfigured,
    NotSupported,
    OutcomeUnknown,
    Rejected,
    Result,
    Status,
    WebhookRequest,
)
from tradepost.payments.models import Discrepancy, Dispute, Payment, WebhookReceipt
from tradepost.payments.reconciliation import comparison
from tradepost.payments.services import webhooks
from tradepost.testing.gateways import ScriptedGateway, authorised, captured, waiting

pytestmark = pytest.mark.django_db
DELIVERY = WebhookRequest(body=b"{}", headers={})


def hint(payment: Payment, kind: EventKind = EventKind.REFUND, number: int = 1) -> Event:
    """A signed delivery that proves nothing by itself."""
    return Event(id=f"e{number}", kind=kind, reference=payment.reference, trusted=False)


def receipt() -> tuple[str, int]:
    row = WebhookReceipt.objects.get()
    return row.state, row.tries


@pytest.mark.parametrize("silence", [OutcomeUnknown("503"), Misconfigured("401")])
def test_a_dashboard_refund_whose_webhook_met_a_silent_provider_is_booked_by_the_job(
    gateway: ScriptedGateway, silence: Exception
) -> None:
    """The payment itself is settled since long, so that no flag on it says that the question failed."""
    payment = started(gateway, captured)
    gateway.play([hint(payment)], silence)
    with pytest.raises(webhooks.Unanswered):
        webhooks.receive("card", DELIVERY)
    assert receipt() == ("failed", 1)
    assert Order.objects.get().amount_refunded == Decimal(0)

    gateway.play(told(payment, ("re_1", "4.00")))
    assert jobs.retry_webhooks() == 1
    assert receipt() == ("processed", 2)
    assert (Order.objects.get().amount_refunded, Order.objects.get().due) == (Decimal(4), Decimal(6))


def test_the_payment_itself_is_asked_for_again_too(gateway: ScriptedGateway) -> None:
    """Whoever asked and got no answer: what is settled is asked for a minute later, not in days."""
    payment = started(gateway, captured)
    gateway.play(OutcomeUnknown("503"))
    services.ask(payment)
    gateway.play(told(payment, ("re_1", "4.00")))
    with clock.at(clock.now() + timedelta(minutes=2)):
        assert jobs.ask_pending() == 1
        assert jobs.ask_pending() == 0
    assert Order.objects.get().amount_refunded == Decimal(4)
    assert Payment.objects.get().ask_at is None


def test_a_delivery_is_tried_soon_then_less_and_less_often(gateway: ScriptedGateway) -> None:
    """At once, after 1 and 5 minutes and so on; ten tries in all, and one that comes again in between counts."""
    payment = started(gateway, captured)
    gateway.play([hint(payment)], OutcomeUnknown("503"))
    with pytest.raises(webhooks.Unanswered):
        webhooks.receive("card", DELIVERY)
    now = clock.now()
    for seconds, tries in ((1, 2), (30, 2), (70, 3), (200, 3), (380, 4)):
        if tries > receipt()[1]:
            gateway.play(OutcomeUnknown("503"))
        with clock.at(now + timedelta(seconds=seconds)):
            assert jobs.retry_webhooks() == 0
        assert receipt() == ("failed", tries)

    gateway.play([hint(payment)], captured)
    assert webhooks.receive("card", DELIVERY) == webhooks.Received(processed=1)
    assert jobs.retry_webhooks() == 0


def test_one_event_that_fails_keeps_no_other_of_its_delivery_waiting(gateway: ScriptedGateway) -> None:
    """All are tried, and the first failure is told."""
    silent, paid = started(gateway, captured), started(gateway, waiting)
    gateway.play([hint(silent), hint(paid, EventKind.PAYMENT, 2)], OutcomeUnknown("503"), captured)
    with pytest.raises(webhooks.Unanswered):
        webhooks.receive("card", DELIVERY)
    assert Payment.objects.get(pk=paid.pk).status == "captured"
    assert list(WebhookReceipt.objects.order_by("event_id").values_list("state", flat=True)) == ["failed", "processed"]


def test_a_delivery_that_cant_be_verified_now_is_asked_for_again(gateway: ScriptedGateway) -> None:
    """Some are verified by asking the provider; nothing is stored."""
    gateway.play(OutcomeUnknown("503"))
    with pytest.raises(webhooks.Unanswered) as silence:
        webhooks.receive("card", DELIVERY)
    assert (silence.value.redelivers, WebhookReceipt.objects.count()) == (True, 0)


@pytest.mark.parametrize(("redelivers", "status"), [(True, 503), (False, 202)])
def test_the_answer_is_what_the_provider_honours(
    gateway: ScriptedGateway, client: Client, redelivers: bool, status: int
) -> None:
    """503 where it delivers again, 202 where it doesn't, or where failing shuts the webhook."""
    gateway.capabilities = replace(gateway.capabilities, redelivers=redelivers)  # type: ignore[misc]
    payment = started(gateway, captured)
    gateway.play([hint(payment)], OutcomeUnknown("503"))
    answer = client.post("/api/v1/webhooks/card/", b"{}", content_type="application/json")
    assert (answer.status_code, answer.json()) == (status, {"received": True, "processed": False})
    assert receipt() == ("failed", 1)


# --- what is left out


def without(payment: Payment, *missing: str) -> Result:
    """Captured, while side questions weren't answered."""
    return replace(captured(payment.ref), missing=missing)


def disputed(payment: Payment) -> Result:
    told_of = DisputeInfo(
        provider_ref="dp_1", amount=Decimal("10.00"), currency="EUR", status=DisputeStatus.NEEDS_RESPONSE
    )
    return replace(captured(payment.ref), disputes=[told_of])


def test_money_is_booked_while_disputes_cant_be_asked_for(gateway: ScriptedGateway) -> None:
    """The order is paid and confirmed; disputes are asked for a minute later, and until they are known."""
    payment = started(gateway, lambda request: replace(captured(request), missing=("disputes",)))
    order = Order.objects.get()
    assert (order.status, order.payment_status) == ("confirmed", "paid")
    assert Payment.objects.get().missing == "disputes"

    for minutes, answer in ((2, without(payment, "disputes")), (10, disputed(payment))):
        gateway.play(answer)
        with clock.at(clock.now() + timedelta(minutes=minutes)):
            assert jobs.ask_pending() == 1
    payment = Payment.objects.get()
    assert (payment.missing, payment.ask_at, Dispute.objects.count()) == ("", None, 1)


@pytest.mark.parametrize("call", ["capture", "cancel"])
def test_a_capture_or_void_answers_no_question_that_is_open(gateway: ScriptedGateway, call: str) -> None:
    """Disputes that couldn't be listed are asked for after a part was captured, and after all was let go, too."""
    held = conf.gateway("hold")
    assert isinstance(held, ScriptedGateway)
    payment = started(held, lambda asked: replace(authorised(asked), missing=("disputes",)), method="hold")
    entry = Entry(kind=EntryKind.CAPTURE, provider_ref="c1", amount=Decimal("4.00"), currency="EUR")
    void = Entry(kind=EntryKind.VOID, provider_ref="v1", amount=Decimal("10.00"), currency="EUR")

    if call == "capture":
        held.play(Result(status=Status.CAPTURED, entries=[entry]))
        services.capture(payment, Decimal("4.00"), by=SYSTEM, final=False)
    else:
        held.play(Result(status=Status.CANCELLED, entries=[void]))
        services.cancel(payment, by=SYSTEM)
    payment = Payment.objects.get()
    assert (payment.missing, payment.ask_at is None) == ("disputes", False)

    held.play(authorised)
    services.ask(payment)
    payment = Payment.objects.get()
    assert (payment.missing, payment.ask_at) == ("", None)


def test_an_event_about_what_was_left_out_is_processed_again(gateway: ScriptedGateway) -> None:
    """A dispute's delivery isn't done with an answer that has none."""
    payment = started(gateway, captured)
    gateway.play([hint(payment, EventKind.DISPUTE)], without(payment, "disputes"))
    with pytest.raises(webhooks.Unanswered, match="disputes"):
        webhooks.receive("card", DELIVERY)
    gateway.play(disputed(payment))
    assert jobs.retry_webhooks() == 1
    assert Dispute.objects.count() == 1


def test_what_was_left_out_is_no_difference_of_the_books(gateway: ScriptedGateway) -> None:
    """Neither side's refunds are compared while the provider's aren't known; staff aren't troubled."""
    payment = started(gateway, captured)
    services.settle(payment, told(payment, ("re_1", "4.00")))
    Discrepancy.objects.all().delete()
    gateway.play(without(payment, "refunds"))
    result = comparison.compare(payment)
    assert (result.verdict, result.detail) == (comparison.Verdict.NO_ANSWER, "not reported: refunds")
    assert not Discrepancy.objects.exists()


# --- decisions about what nobody could be asked for


@pytest.mark.parametrize("refusal", [NotSupported("cancel"), Rejected("in_progress")])
@pytest.mark.parametrize("silence", [OutcomeUnknown("503"), Misconfigured("401")])
def test_an_unpaid_page_isnt_given_up_while_nobody_can_say_that_it_is_unpaid(
    gateway: ScriptedGateway, refusal: Exception, silence: Exception
) -> None:
    """The customer may have paid a moment ago."""
    payment = started(gateway, lambda request: Result(status=Status.REQUIRES_ACTION, provider_ref="p"))
    gateway.play(refusal, silence)
    with pytest.raises(PaymentInProgress):
        services.cancel(payment, by=SYSTEM)
    assert Payment.objects.get().status == "requires_action"


def test_a_declined_payment_isnt_taken_for_shut_while_nobody_can_say_so(gateway: ScriptedGateway) -> None:
    """It could still be paid there."""
    gateway.capabilities = replace(gateway.capabilities, retryable=True)  # type: ignore[misc]
    payment = started(gateway, lambda request: Result(status=Status.FAILED, provider_ref="p", error_code="declined"))
    gateway.play(Rejected("no"), OutcomeUnknown("503"))
    with pytest.raises(PaymentInProgress):
        services.cancel(payment, by=SYSTEM)
