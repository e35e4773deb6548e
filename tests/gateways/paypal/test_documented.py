"""A shop's ledger beside PayPal as its documents describe it: captures in parts, refunds of each, disputes as another product."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from tests.fakes.documented.paypal import DocumentedPayPal
from tests.fakes.providers import Provider
from tradepost.core.actors import SYSTEM
from tradepost.orders import services as orders
from tradepost.payments import (
    ledger,
    services,
)
from tradepost.payments.base import AbstractPayment
from tradepost.payments.models import Discrepancy, Payment, Transaction
from tradepost.testing import deliver_events

from ..shops import Shop

pytestmark = pytest.mark.django_db

PAYPAL = Provider(
    server=DocumentedPayPal,
    backend="tradepost.gateways.paypal.PayPalGateway",
    options=lambda server: {"client_id": "id", "client_secret": "secret", "webhook_id": "WH-1", "disputes": True},
    currency="EUR",
    unit=1,
    pay=lambda server, reference, ref: server.pay(ref),
    decline=lambda server, reference, ref: None,
)


@pytest.fixture
def shop(settings: Any) -> Iterator[Shop]:
    """A shop that is paid by PayPal."""
    with DocumentedPayPal() as server:
        shop = Shop(PAYPAL, server)
        settings.TRADEPOST_PAYMENTS = {"GATEWAYS": shop.methods}
        yield shop


@pytest.fixture
def in_parts(shop: Shop) -> AbstractPayment:
    """100.00, taken as 30.00 and 70.00."""
    payment = shop.paid("hold")
    services.capture(payment, Decimal("30.00"), by=SYSTEM, final=False)
    return services.capture(services.find(payment.uuid), Decimal("70.00"), by=SYSTEM)


def refunds(payment: AbstractPayment) -> list[tuple[Decimal, str]]:
    rows = Transaction.objects.filter(payment_id=payment.pk, kind="refund").exclude(state="failed")
    return sorted((row.amount, row.state) for row in rows)


def test_what_was_captured_in_parts_is_refunded_as_one(shop: Shop, in_parts: AbstractPayment) -> None:
    """Two refunds at PayPal and in the ledger, none that nobody asked for."""
    services.refund(in_parts, by=SYSTEM)
    assert refunds(in_parts) == [(Decimal(30), "succeeded"), (Decimal(70), "succeeded")]

    payment = services.ask(in_parts)

    assert (payment.status, shop.agrees(payment).refunded) == ("refunded", Decimal(100))
    assert refunds(in_parts) == [(Decimal(30), "succeeded"), (Decimal(70), "succeeded")]
    assert not Discrepancy.objects.exists()


def test_cancelling_the_order_gives_all_of_it_back(shop: Shop, in_parts: AbstractPayment) -> None:
    """By the handler, over both captures."""
    orders.apply(in_parts.order, "cancel", by=SYSTEM, reason="changed their mind")
    deliver_events()

    payment = Payment.objects.get(pk=in_parts.pk)
    assert (payment.status, ledger.balance_of(payment).net) == ("refunded", 0)
    assert shop.agrees(payment).refunded == Decimal(100)


def test_parts_that_are_under_review_are_pending_each(shop: Shop, in_parts: AbstractPayment) -> None:
    """Each comes through by itself."""
    shop.server.books.refund_status = "PENDING"
    services.refund(in_parts, Decimal("90.00"), by=SYSTEM)
    assert refunds(in_parts) == [(Decimal(20), "pending"), (Decimal(70), "pending")]
    assert ledger.balance_of(Payment.objects.get(pk=in_parts.pk)).refundable == Decimal(10)

    shop.server.finish_refunds()
    services.ask(in_parts)

    assert refunds(in_parts) == [(Decimal(20), "succeeded"), (Decimal(70), "succeeded")]
    assert shop.agrees(in_parts).refunded == Decimal(90)


@pytest.mark.parametrize("fault", ["drop_after", "drop_before"])
@pytest.mark.parametrize("asked_between", [True, False])
def test_a_second_part_that_was_lost_is_made_once(
    shop: Shop, in_parts: AbstractPayment, fault: str, asked_between: bool
) -> None:
    """Asked for again under the same key; PayPal has given back 100.00 then, and so has the ledger."""
    shop.server.fault("latency", path="/v2/payments/captures/.*/refund")  # the first part comes through
    shop.server.fault(fault, path="/v2/payments/captures/.*/refund")
    asked = services.refund(in_parts, by=SYSTEM)
    assert asked.state == "requested"
    if asked_between:
        services.ask(in_parts)

    services.finish_refund(asked)
    payment = services.ask(in_parts)

    assert refunds(payment) == [(Decimal(30), "succeeded"), (Decimal(70), "succeeded")]
    assert (payment.status, shop.agrees(payment).refunded) == ("refunded", Decimal(100))
    assert not Discrepancy.objects.exists()


@pytest.mark.parametrize("fault", ["", "error_500", "drop_before"])
def test_disputes_that_can_not_be_asked_for_keep_no_money_from_being_booked(shop: Shop, fault: str) -> None:
    """PayPal is silent, or the app hasn't the feature."""
    payment = shop.paid_there()
    shop.server.books.reads_disputes = False
    if fault:
        shop.server.fault(fault, path="/v1/customer/disputes", times=9)

    payment = services.ask(payment)

    assert (payment.status, payment.order.status, payment.outcome_unknown) == ("captured", "confirmed", False)
    assert payment.missing == ("disputes" if fault else "")
    assert shop.agrees(payment).captured == Decimal(100)


def test_what_paypal_captured_is_compared(shop: Shop) -> None:
    """The order echoes what we asked for; the capture is of less."""
    shop.server.books.captures_short = Decimal("2.50")

    payment = shop.paid()

    [listed] = Discrepancy.objects.all()
    assert (listed.kind, listed.facts["expected"], listed.facts["told"]) == ("amount", "100.00", "97.50")
    assert (payment.order.status, shop.agrees(payment).captured) == ("pending", Decimal("97.50"))
