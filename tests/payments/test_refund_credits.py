"""A refund has the same consequences for its order, whichever way it becomes known."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest

from tests.payments.conftest import opened, started
from tradepost.core.actors import SYSTEM, Actor, By
from tradepost.orders.models import Credit, Order
from tradepost.payments import services
from tradepost.payments.interface import (
    Entry,
    EntryKind,
    EntryState,
    Event,
    EventKind,
    OutcomeUnknown,
    Price,
    Result,
    WebhookRequest,
)
from tradepost.payments.models import Discrepancy, Payment, Transaction
from tradepost.payments.reconciliation import (
    by_hand,
    comparison,
    discrepancies,
)
from tradepost.payments.services import webhooks
from tradepost.testing.gateways import ScriptedGateway, captured, refunded, waiting

pytestmark = pytest.mark.django_db
STAFF = By(Actor.STAFF, label="anna")


def told(payment: Payment, *refunds: tuple[str, str], state: EntryState = EntryState.SUCCEEDED) -> Result:
    """Captured in full, with refunds by reference and amount."""
    result = captured(payment.ref)
    entries = [
        Entry(kind=EntryKind.REFUND, provider_ref=ref, amount=Decimal(amount), currency="EUR", state=state)
        for ref, amount in refunds
    ]
    return replace(result, entries=[*result.entries, *entries])


def by_webhook(gateway: ScriptedGateway, payment: Payment, amount: str) -> None:
    event = Event(
        id="e1",
        kind=EventKind.REFUND,
        reference=payment.reference,
        result=told(payment, ("re_1", amount)),
        trusted=True,
    )
    gateway.play([event])
    webhooks.receive("card", WebhookRequest(body=b"{}", headers={}))


def by_hint(gateway: ScriptedGateway, payment: Payment, amount: str) -> None:
    event = Event(id="e1", kind=EventKind.REFUND, reference=payment.reference, trusted=False)
    gateway.play([event], told(payment, ("re_1", amount)))
    webhooks.receive("card", WebhookRequest(body=b"{}", headers={}))


def by_asking(gateway: ScriptedGateway, payment: Payment, amount: str) -> None:
    gateway.play(told(payment, ("re_1", amount)))
    services.ask(payment)


def by_comparing(gateway: ScriptedGateway, payment: Payment, amount: str) -> None:
    gateway.play(told(payment, ("re_1", amount)))
    comparison.compare(payment)


def by_staff(gateway: ScriptedGateway, payment: Payment, amount: str) -> None:
    by_hand.book_refund(payment, Decimal(amount), reference="77", reason="card expired", by=STAFF)


def by_answer(gateway: ScriptedGateway, payment: Payment, amount: str) -> None:
    gateway.play(refunded(Price(Decimal(amount), "EUR"), "r"))
    services.refund(payment, Decimal(amount), by=STAFF)


def by_finishing(gateway: ScriptedGateway, payment: Payment, amount: str) -> None:
    gateway.play(OutcomeUnknown("no answer"))
    asked = services.refund(payment, Decimal(amount), by=STAFF)
    gateway.play(refunded(Price(Decimal(amount), "EUR"), "r"))
    services.finish_refund(asked)


def by_news_of_ours(gateway: ScriptedGateway, payment: Payment, amount: str) -> None:
    """We asked, and the provider's own message says that it succeeded; it doesn't echo our key."""
    gateway.play(refunded(Price(Decimal(amount), "EUR"), "r", EntryState.PENDING))
    services.refund(payment, Decimal(amount), by=STAFF)
    gateway.play(told(payment, ("refund-r", amount)))
    services.ask(payment)


UNASKED = [by_webhook, by_hint, by_asking, by_comparing]
ASKED = [by_staff, by_answer, by_finishing, by_news_of_ours]


@pytest.mark.parametrize("path", [*UNASKED, *ASKED])
@pytest.mark.parametrize(("amount", "status"), [("4.00", "partly_refunded"), ("10.00", "refunded")])
def test_a_refund_without_a_credit_makes_one_whichever_way_it_is_known(
    gateway: ScriptedGateway, path: Callable[..., None], amount: str, status: str
) -> None:
    """The refunded amount isn't due any more; told again it changes nothing."""
    payment = started(gateway, captured)

    path(gateway, payment, amount)
    if path is not by_staff:
        ref = Transaction.objects.get(kind="refund").provider_ref or ""
        services.settle(payment, told(payment, (ref, amount)))

    order = Order.objects.get()
    assert [(credit.reason, credit.total) for credit in Credit.objects.all()] == [("goodwill", Decimal(amount))]
    assert (order.due, order.net_paid) == (Decimal(10) - Decimal(amount), Decimal(10) - Decimal(amount))
    assert (order.status, order.payment_status, Payment.objects.get().status) == ("confirmed", status, status)
    assert [discrepancy.kind for discrepancy in Discrepancy.objects.all()] == (
        ["refund_unasked"] if path in UNASKED else []
    )


def test_a_refund_that_nobody_asked_for_is_told_to_staff_once(gateway: ScriptedGateway) -> None:
    """It is booked, so that it puts nothing in question; staff find out who made it."""
    payment = started(gateway, captured)
    for _ in range(2):
        services.settle(payment, told(payment, ("re_1", "4.00")))

    [row] = Discrepancy.objects.all()
    assert (row.kind, row.facts) == ("refund_unasked", {"amount": "4.00", "refund": "re_1"})
    assert discrepancies.remedies(row) == ["dismiss"]
    discrepancies.dismiss(row, by=STAFF, note="Ben did it in the dashboard")
    services.settle(payment, told(payment, ("re_1", "4.00")))
    assert Discrepancy.objects.filter(resolved_at=None).count() == 0
    assert Credit.objects.count() == 1


def test_our_own_refund_that_is_told_before_it_is_answered_was_asked_for(gateway: ScriptedGateway) -> None:
    """A provider that echoes no key: the webhook overtakes the answer."""
    payment = started(gateway, captured)
    gateway.play(OutcomeUnknown("no answer"))
    asked = services.refund(payment, Decimal("4.00"), by=STAFF, idempotency_key="k")
    services.settle(payment, told(payment, ("re_1", "4.00")))
    assert not Discrepancy.objects.exists()

    gateway.play(replace(refunded(Price(Decimal("4.00"), "EUR"), "x"), provider_ref="re_1"))
    services.finish_refund(asked)

    [row] = Transaction.objects.filter(kind="refund").exclude(state="failed")
    assert (row.provider_ref, row.key, row.idempotency_key, row.actor_label) == ("re_1", asked.key, "k", "anna")
    assert (Credit.objects.get().total, Discrepancy.objects.count()) == (Decimal(4), 0)
    assert services.refund(payment, Decimal("4.00"), by=STAFF, idempotency_key="k").pk == row.pk


def test_another_refund_of_that_amount_is_listed_once_ours_has_its_own(gateway: ScriptedGateway) -> None:
    """While ours wasn't answered it might have been the same one."""
    payment = started(gateway, captured)
    gateway.play(OutcomeUnknown("no answer"))
    asked = services.refund(payment, Decimal("4.00"), by=STAFF)
    services.settle(payment, told(payment, ("re_1", "4.00")))
    gateway.play(refunded(Price(Decimal("4.00"), "EUR"), "own"))
    services.finish_refund(asked)

    assert [discrepancy.facts["refund"] for discrepancy in Discrepancy.objects.all()] == ["re_1"]
    order = Order.objects.get()
    assert (order.amount_refunded, order.due, order.payment_status) == (Decimal(8), Decimal(2), "partly_refunded")


@pytest.mark.parametrize("refund_first", [False, True])
def test_what_is_told_at_once_or_in_any_order_comes_to_the_same(gateway: ScriptedGateway, refund_first: bool) -> None:
    """Captured and refunded in part before we knew of either: paid, confirmed, and the rest not due."""
    payment = started(gateway, waiting)
    both = told(payment, ("re_1", "4.00"))
    if refund_first:
        services.settle(payment, replace(both, entries=both.entries[1:]))
    services.settle(payment, both)

    order = Order.objects.get()
    assert (order.status, order.due, order.payment_status) == ("confirmed", Decimal(6), "partly_refunded")
    assert [credit.total for credit in Credit.objects.all()] == [Decimal(4)]


def test_a_payment_that_was_given_back_whole_before_we_knew_leaves_the_order_to_be_paid(
    gateway: ScriptedGateway,
) -> None:
    """Nothing came of it: the order isn't confirmed, and may be paid anew."""
    payment = started(gateway, waiting)
    services.settle(payment, told(payment, ("re_1", "10.00")))
    order = Order.objects.get()
    assert (order.status, order.due, order.payment_status) == ("pending", Decimal(10), "unpaid")
    assert not Credit.objects.exists()

    gateway.play(captured)
    services.start(opened(order=order))
    order = Order.objects.get()
    assert (order.status, order.due, order.payment_status) == ("confirmed", Decimal(10), "paid")
    assert not Credit.objects.exists()


def test_a_refund_that_may_be_what_staff_booked_is_credited_once_they_say_that_both_happened(
    gateway: ScriptedGateway,
) -> None:
    """Struck, there is one refund and one credit; dismissed, two of each."""
    payment = started(gateway, captured)
    by_staff(gateway, payment, "4.00")
    services.settle(payment, told(payment, ("re_1", "4.00")))
    assert [credit.total for credit in Credit.objects.all()] == [Decimal(4)]

    row = Discrepancy.objects.get(kind="booked_twice")
    discrepancies.dismiss(row, by=STAFF, note="both happened")
    order = Order.objects.get()
    assert [credit.total for credit in Credit.objects.all()] == [Decimal(4), Decimal(4)]
    assert (order.due, order.net_paid) == (Decimal(2), Decimal(2))


def test_what_staff_booked_twice_and_strike_is_credited_once(gateway: ScriptedGateway) -> None:
    """The order ends as if only the provider had told of it."""
    payment = started(gateway, captured)
    by_staff(gateway, payment, "4.00")
    services.settle(payment, told(payment, ("re_1", "4.00")))

    discrepancies.strike(Discrepancy.objects.get(kind="booked_twice"), by=STAFF)

    order = Order.objects.get()
    assert [credit.total for credit in Credit.objects.all()] == [Decimal(4)]
    assert (order.due, order.net_paid, order.payment_status) == (Decimal(6), Decimal(6), "partly_refunded")


def test_a_refund_that_grows_is_credited_for_what_is_new(gateway: ScriptedGateway) -> None:
    """An amount that a provider tells cumulatively."""
    payment = started(gateway, captured)
    for amount in ("4.00", "6.00", "6.00"):
        services.settle(payment, told(payment, ("re_1", amount)))
    assert [credit.total for credit in Credit.objects.all()] == [Decimal(4), Decimal(2)]
    assert Order.objects.get().due == Decimal(4)


def test_what_went_back_of_an_overpayment_makes_no_credit_by_webhook_either(gateway: ScriptedGateway) -> None:
    """12.00 came for 10.00; 2.00 go back in the dashboard."""
    payment = started(gateway, captured)
    more = Entry(kind=EntryKind.CAPTURE, provider_ref="c2", amount=Decimal("2.00"), currency="EUR")
    services.settle(payment, replace(captured(payment.ref), entries=[more]))
    services.settle(payment, told(payment, ("re_1", "2.00")))
    assert not Credit.objects.exists()
    assert Order.objects.get().payment_status == "paid"


def test_a_cancelled_orders_refund_makes_no_second_credit(gateway: ScriptedGateway) -> None:
    """All of it was credited when it was cancelled."""
    from tradepost.orders import services as orders

    payment = started(gateway, captured)
    orders.apply(Order.objects.get(), "cancel", by=SYSTEM)
    services.settle(payment, told(payment, ("re_1", "10.00")))
    assert [credit.reason for credit in Credit.objects.all()] == ["cancelled"]
    assert Order.objects.get().payment_status == "refunded"
