"""Starting and settling payments: what arrives twice, late, wrong or not at all."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from tests.payments.conftest import opened, started
from tradepost.core.actors import SYSTEM, Actor, By
from tradepost.core.dates import clock
from tradepost.core.errors import TransitionRefused
from tradepost.orders import services as orders
from tradepost.orders.models import Order
from tradepost.payments import (
    conf,
    jobs,
    services,
)
from tradepost.payments.errors import AmountError, PaymentInProgress, PaymentUnavailable
from tradepost.payments.interface import (
    Entry,
    EntryKind,
    Event,
    EventKind,
    InvalidWebhook,
    OutcomeUnknown,
    Rejected,
    Result,
    Status,
    WebhookRequest,
)
from tradepost.payments.models import Discrepancy, Payment, Transaction, WebhookReceipt
from tradepost.payments.services import webhooks
from tradepost.testing.gateways import ScriptedGateway, authorised, captured, declined, waiting

pytestmark = pytest.mark.django_db
DELIVERY = WebhookRequest(body=b"{}", headers={})


def _stands(payment: Payment) -> tuple[str, str, str]:
    """Status of the payment, the order, and its payment status."""
    payment.refresh_from_db()
    order = Order.objects.get(pk=payment.order_id)
    return payment.status, str(order.status), order.payment_status


def test_a_captured_payment_confirms_its_order(gateway: ScriptedGateway) -> None:
    """The plain case."""
    payment = started(gateway, captured)

    assert _stands(payment) == ("captured", "confirmed", "paid")
    [call] = gateway.called("start")
    assert call.values["asked"].key == payment.key
    assert call.values["asked"].price.amount == Decimal("10.00")


def test_an_authorised_payment_confirms_where_the_method_says_so(gateway: ScriptedGateway) -> None:
    """``confirm_on`` decides what covers an order."""
    held = conf.gateway("hold")
    assert isinstance(held, ScriptedGateway)
    payment = started(held, authorised, method="hold")
    assert _stands(payment) == ("authorised", "confirmed", "authorised")

    payment = started(gateway, authorised)
    assert _stands(payment) == ("authorised", "pending", "authorised")


def test_cash_on_delivery_confirms_at_placement(gateway: ScriptedGateway) -> None:
    """An order may be covered by a promise."""
    cod = conf.gateway("cod")
    assert isinstance(cod, ScriptedGateway)
    payment = started(cod, waiting, method="cod")
    assert _stands(payment) == ("pending", "confirmed", "pending")


def test_a_decline_undoes_nothing(gateway: ScriptedGateway) -> None:
    """The order stays pending, to be paid again."""
    payment = started(gateway, declined)
    assert _stands(payment) == ("failed", "pending", "unpaid")
    assert payment.error_code == "declined"

    again = opened(order=Order.objects.get())
    gateway.play(captured)
    services.start(again)
    assert _stands(again) == ("captured", "confirmed", "paid")


def test_a_start_is_made_once(gateway: ScriptedGateway) -> None:
    """Completing again starts no second payment."""
    payment = started(gateway, waiting)
    services.start(payment)
    assert len(gateway.called("start")) == 1


def test_a_refused_start_says_so_and_leaves_the_order_to_be_paid(gateway: ScriptedGateway) -> None:
    """Nothing happened at the provider."""
    payment = opened()
    gateway.play(Rejected("amount_too_small"))
    with pytest.raises(PaymentUnavailable):
        services.start(payment)
    assert _stands(payment) == ("failed", "pending", "unpaid")


def test_a_lost_answer_is_asked_for_with_the_same_key(gateway: ScriptedGateway) -> None:
    """The provider took the money, its answer was lost; the job asks; one charge, one order."""
    now = clock.now()
    payment = started(gateway, OutcomeUnknown("read timed out"))
    assert _stands(payment) == ("created", "pending", "pending")
    assert payment.outcome_unknown

    gateway.play(captured)
    with clock.at(now + timedelta(minutes=2)):
        assert jobs.ask_pending() == 1
    assert _stands(payment) == ("captured", "confirmed", "paid")
    first, second = gateway.called("start")
    assert first.values["asked"] == second.values["asked"]
    assert Transaction.objects.count() == 1


def test_an_order_with_an_unknown_outcome_cant_be_cancelled(gateway: ScriptedGateway) -> None:
    """Money may be on its way."""
    payment = started(gateway, OutcomeUnknown("reset"))
    with pytest.raises(TransitionRefused) as refusal:
        orders.apply(payment.order, "cancel", by=By(Actor.CUSTOMER))
    assert [r["code"] for r in refusal.value.context["refusals"]] == ["payment_in_progress"]


def test_a_start_that_was_never_answered_ends_on_the_staffs_list(gateway: ScriptedGateway) -> None:
    """Once the provider may have forgotten the key, it isn't repeated, but looked for."""
    payment = started(gateway, OutcomeUnknown("reset"))
    gateway.play(OutcomeUnknown("not found"))
    with clock.at(clock.now() + timedelta(days=2)):
        services.ask(payment)
    assert len(gateway.called("start")) == 1
    assert [(d.kind, d.payment_id) for d in Discrepancy.objects.all()] == [("stuck", payment.pk)]


@pytest.mark.parametrize("first", ["webhook", "return"])
def test_paid_twice_told_is_paid_once(gateway: ScriptedGateway, first: str) -> None:
    """The webhook twice, before as well as after the browser returns."""
    payment = started(gateway, waiting)
    event = Event(id="evt_1", kind=EventKind.PAYMENT, reference=payment.reference, result=captured(payment.ref))

    def deliver() -> webhooks.Received:
        gateway.play([event])
        return webhooks.receive("card", DELIVERY)

    def come_back() -> None:
        if Payment.objects.get().status == "pending":
            gateway.play(captured)
        services.complete(payment, {})

    if first == "return":
        come_back()
    assert deliver() == webhooks.Received(processed=1)
    assert deliver() == webhooks.Received(duplicates=1)
    come_back()

    assert _stands(payment) == ("captured", "confirmed", "paid")
    assert Transaction.objects.count() == 1
    assert Payment.objects.get().order.events.filter(kind="confirm").count() == 1


def test_more_than_asked_is_booked_but_doesnt_confirm(gateway: ScriptedGateway) -> None:
    """12.00 for 11.00 is ours to give back, and staff's to look at."""
    payment = started(gateway, waiting, "11.00")
    entry = Entry(kind=EntryKind.CAPTURE, provider_ref="c", amount=Decimal("12.00"), currency="EUR")
    gateway.play(Result(status=Status.CAPTURED, reference=payment.reference, entries=[entry]))
    services.ask(payment)

    assert _stands(payment) == ("captured", "pending", "overpaid")
    assert Order.objects.get().amount_captured == Decimal("12.00")
    assert [(d.kind, d.facts) for d in Discrepancy.objects.all()] == [
        ("amount", {"expected": "11.00", "told": "12.00"})
    ]


@pytest.mark.parametrize(
    ("changes", "kind"), [({"reference": "another"}, "reference"), ({"currency": "USD"}, "currency")]
)
def test_money_of_another_reference_or_currency_isnt_booked(
    gateway: ScriptedGateway, changes: dict[str, str], kind: str
) -> None:
    """Nothing is booked, a discrepancy is listed, once."""
    payment = started(gateway, waiting)
    currency = changes.get("currency", "EUR")
    entry = Entry(kind=EntryKind.CAPTURE, provider_ref="c", amount=Decimal("10.00"), currency=currency)
    result = Result(status=Status.CAPTURED, reference=changes.get("reference", payment.reference), entries=[entry])
    for _ in range(2):
        gateway.play(result)
        services.ask(payment)

    assert _stands(payment) == ("pending", "pending", "pending")
    assert not Transaction.objects.exists()
    assert [d.kind for d in Discrepancy.objects.all()] == [kind]


def test_an_old_event_doesnt_turn_a_final_word_back(gateway: ScriptedGateway) -> None:
    """ "Pending" that arrives after "failed" is old news; the provider's own answer isn't."""
    payment = started(gateway, declined)
    gateway.play([Event(id="e", kind=EventKind.PAYMENT, reference=payment.reference, result=waiting(payment.ref))])
    webhooks.receive("card", DELIVERY)
    assert _stands(payment)[0] == "failed"


def test_an_untrusted_event_is_asked_about(gateway: ScriptedGateway) -> None:
    """Its amounts aren't booked; the provider's answer is."""
    payment = started(gateway, waiting)
    reported = captured(payment.ref)
    event = Event(
        id="e", kind=EventKind.PAYMENT, provider_ref=payment.provider_ref or "", result=reported, trusted=False
    )
    gateway.play([event], declined)
    webhooks.receive("card", DELIVERY)
    assert _stands(payment)[0] == "failed"


def test_a_forged_delivery_stores_nothing(gateway: ScriptedGateway) -> None:
    """Nothing but an answer that says no more than that."""
    gateway.play(InvalidWebhook("wrong signature"))
    with pytest.raises(InvalidWebhook):
        webhooks.receive("card", DELIVERY)
    assert not WebhookReceipt.objects.exists()


def test_an_event_about_a_strangers_payment_is_kept_and_left_alone(gateway: ScriptedGateway) -> None:
    """Unknown references are no errors."""
    gateway.play([Event(id="e", kind=EventKind.PAYMENT, reference="nobody-knows")])
    assert webhooks.receive("card", DELIVERY) == webhooks.Received(unmatched=1)
    assert WebhookReceipt.objects.get().state == "unmatched"


def test_a_failed_delivery_is_processed_by_the_job(gateway: ScriptedGateway) -> None:
    """The provider was down when we asked; later it isn't."""
    payment = started(gateway, OutcomeUnknown("reset"))
    event = Event(id="e", kind=EventKind.PAYMENT, reference=payment.reference, trusted=False)
    gateway.play([event], OutcomeUnknown("reset"))
    with pytest.raises(RuntimeError):
        webhooks.receive("card", DELIVERY)
    assert WebhookReceipt.objects.get().state == "failed"

    gateway.play(captured)
    assert jobs.retry_webhooks() == 1
    assert _stands(payment) == ("captured", "confirmed", "paid")
    assert WebhookReceipt.objects.get().state == "processed"


def test_a_second_payment_that_succeeds_is_listed_not_refunded(gateway: ScriptedGateway) -> None:
    """Two tabs: both were started, both are paid; the order is paid once and overpaid."""
    first = started(gateway, waiting)
    Payment.objects.update(status="failed", told_status="failed")
    second = opened(order=Order.objects.get())
    gateway.play(captured)
    services.start(second)
    gateway.play(captured)
    services.ask(first)

    assert _stands(first) == ("captured", "confirmed", "overpaid")
    assert [d.kind for d in Discrepancy.objects.all()] == ["paid_twice"]
    assert not gateway.called("refund")


def test_a_new_payment_must_fit_what_is_due(gateway: ScriptedGateway) -> None:
    """Live payments count; so does what was paid."""
    payment = started(gateway, waiting)
    with pytest.raises(PaymentInProgress):
        services.open_payment(payment.order, method="card")
    gateway.play(declined)
    services.ask(payment)
    with pytest.raises(AmountError) as refusal:
        services.open_payment(payment.order, method="card", amount=Decimal("10.01"))
    assert refusal.value.context["most"] == "10.00"
    assert Payment.objects.count() == 1


def test_cancelled_and_paid_is_overpaid_and_on_the_list(gateway: ScriptedGateway) -> None:
    """A cancelled order stays so, and the money is booked."""
    payment = started(gateway, waiting)
    orders.apply(payment.order, "cancel", by=SYSTEM)
    gateway.play(captured)
    services.ask(payment)
    assert _stands(payment) == ("captured", "cancelled", "overpaid")
    assert [d.kind for d in Discrepancy.objects.all()] == ["paid_late"]


def test_nothing_is_called_inside_a_transaction(gateway: ScriptedGateway, transactional_db: None) -> None:
    """Locks aren't held while a provider thinks."""
    from django.db import transaction

    payment = opened()
    with transaction.atomic(), pytest.raises(RuntimeError):
        services.start(payment)
    assert not gateway.calls


def test_a_payment_of_a_method_that_is_gone_keeps_no_other_waiting(gateway: ScriptedGateway) -> None:
    """It is logged, and asked for less and less often."""
    lost, waits = started(gateway, waiting), started(gateway, waiting)
    Payment.objects.filter(pk=lost.pk).update(method="closed")
    gateway.play(captured)
    with clock.at(clock.now() + timedelta(minutes=5)):
        assert jobs.ask_pending() == 1
        assert jobs.ask_pending() == 0
    assert _stands(waits) == ("captured", "confirmed", "paid")
    assert _stands(lost)[0] == "pending"
