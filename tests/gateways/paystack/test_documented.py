"""A shop's ledger beside Paystack as its documents describe it: a reversal whose refund isn't listed yet is no chargeback."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.fakes.documented.paystack import DocumentedPaystack
from tests.fakes.providers import Provider
from tradepost.core.actors import SYSTEM
from tradepost.core.dates import clock
from tradepost.payments import (
    ledger,
    services,
)
from tradepost.payments.base import AbstractPayment
from tradepost.payments.models import Payment

from ..shops import Shop

pytestmark = pytest.mark.django_db

PAYSTACK = Provider(
    server=DocumentedPaystack,
    backend="tradepost.gateways.paystack.PaystackGateway",
    options=lambda server: {"secret_key": "sk_live_documented"},
    currency="NGN",
    pay=lambda server, reference, ref: server.pay(reference),
    decline=lambda server, reference, ref: None,
)
LATER = timedelta(days=1, minutes=1)


@pytest.fixture
def shop(settings: Any) -> Iterator[Shop]:
    """A shop that takes naira by Paystack."""
    with DocumentedPaystack() as server:
        shop = Shop(PAYSTACK, server)
        settings.TRADEPOST_PAYMENTS = {"GATEWAYS": shop.methods}
        yield shop


def gone(payment: AbstractPayment) -> tuple[Decimal, Decimal]:
    """The amount that was refunded, and the one that the bank took."""
    sums = ledger.balance_of(Payment.objects.get(pk=payment.pk))
    return sums.refunded, sums.charged_back


def test_our_refund_that_is_not_listed_yet_is_no_chargeback(shop: Shop) -> None:
    """The ledger has it; however long the list lags, nothing was taken beside it."""
    payment = shop.paid()
    services.refund(payment, by=SYSTEM)
    shop.server.books.lists = False

    payment = services.ask(payment)
    assert (gone(payment), payment.status) == ((Decimal(100), Decimal(0)), "refunded")
    with clock.at(clock.now() + LATER):
        services.ask(payment)

    assert gone(payment) == (Decimal(100), Decimal(0))
    assert shop.agrees(payment).disputed == 0


def test_a_refund_of_the_dashboard_is_waited_for(shop: Shop) -> None:
    """The transaction is reversed before the list shows why: asked again, it is one refund and nothing else."""
    payment = shop.paid()
    shop.server.give_back(payment.reference, 10_000)
    shop.server.books.lists = False
    payment = services.ask(payment)
    assert (gone(payment), payment.status) == ((Decimal(0), Decimal(0)), "captured")

    shop.server.books.lists = True
    payment = services.ask(payment)
    with clock.at(clock.now() + LATER):
        payment = services.ask(payment)

    assert (gone(payment), payment.status) == ((Decimal(100), Decimal(0)), "refunded")
    assert shop.agrees(payment).refunded == Decimal(100)


def test_what_no_refund_accounts_for_in_a_day_was_taken_by_the_bank(shop: Shop) -> None:
    """Not before."""
    payment = shop.paid()
    shop.server.take_back(payment.reference)
    services.ask(payment)
    assert gone(payment) == (Decimal(0), Decimal(0))

    with clock.at(clock.now() + LATER):
        for _ in range(2):
            payment = services.ask(payment)

    assert (gone(payment), payment.status) == ((Decimal(0), Decimal(100)), "charged_back")
    assert shop.sums(payment).disputed == Decimal(100)


def test_a_refund_that_is_listed_later_still_takes_the_chargeback_back(shop: Shop) -> None:
    """The money went once."""
    payment = shop.paid()
    shop.server.give_back(payment.reference, 10_000)
    shop.server.books.lists = False
    services.ask(payment)
    with clock.at(clock.now() + LATER):
        services.ask(payment)
        assert gone(payment) == (Decimal(0), Decimal(100))

        shop.server.books.lists = True
        for _ in range(2):
            services.ask(payment)

    assert gone(payment) == (Decimal(100), Decimal(0))
    assert shop.agrees(payment).refunded == Decimal(100)


@pytest.mark.parametrize("fault", ["error_500", "html", "drop_before"])
def test_a_list_that_can_not_be_read_keeps_no_money_from_being_booked(shop: Shop, fault: str) -> None:
    """Neither does it make a chargeback."""
    payment = shop.paid_there()
    shop.server.fault(fault, path="/refund", times=9)

    payment = services.ask(payment)

    assert (payment.status, payment.order.status, payment.outcome_unknown) == ("captured", "confirmed", False)
    assert gone(payment) == (Decimal(0), Decimal(0))
