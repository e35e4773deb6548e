"""A shop's ledger beside Stripe as its documents describe it: what was received, and lists that a key may not read."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from tests.fakes.documented.stripe import DocumentedStripe
from tests.fakes.providers import Provider
from tradepost.payments import ledger, services
from tradepost.payments.models import Discrepancy, Dispute, Payment

from ..shops import Shop

pytestmark = pytest.mark.django_db

STRIPE = Provider(
    server=DocumentedStripe,
    backend="tradepost.gateways.stripe.StripeGateway",
    options=lambda server: {"secret_key": "rk_live_documented", "publishable_key": "pk_live_documented", "retries": 0},
    currency="EUR",
    pay=lambda server, reference, ref: server.pay(ref),
    decline=lambda server, reference, ref: None,
)


@pytest.fixture
def shop(settings: Any) -> Iterator[Shop]:
    """A shop that takes cards by Stripe."""
    with DocumentedStripe() as server:
        shop = Shop(STRIPE, server)
        settings.TRADEPOST_PAYMENTS = {"GATEWAYS": shop.methods}
        yield shop


@pytest.mark.parametrize(("received", "expected"), [(4000, "40.00"), (12000, "120.00")])
def test_what_stripe_received_is_compared(shop: Shop, received: int, expected: str) -> None:
    """The intent's amount is what we asked for; less or more came, and staff see it."""
    payment = shop.start(shop.opened())
    shop.server.pay(payment.provider_ref, received)

    payment = services.ask(payment)

    [listed] = Discrepancy.objects.filter(kind="amount")
    assert (listed.facts["expected"], listed.facts["told"]) == ("100.00", expected)
    assert (payment.order.status, shop.agrees(payment).captured) == ("pending", Decimal(expected))


@pytest.mark.parametrize("fault", ["", "error_500", "drop_before"])
@pytest.mark.parametrize("kind", ["refunds", "disputes"])
def test_a_list_that_can_not_be_read_keeps_no_money_from_being_booked(shop: Shop, kind: str, fault: str) -> None:
    """Stripe is silent, or the restricted key may not read it."""
    payment = shop.paid_there()
    if kind == "disputes":
        shop.server.dispute(payment.provider_ref, 4000)
    if fault:
        shop.server.fault(fault, path=f"/v1/{kind}", times=9)
    else:
        shop.server.books.hidden.add(kind)

    payment = services.ask(payment)

    assert (payment.order.status, payment.outcome_unknown) == ("confirmed", False)
    assert payment.missing == ("" if kind == "disputes" and not fault else kind)
    assert shop.agrees(payment).captured == Decimal(100)
    assert Dispute.objects.count() == 0


def test_a_dispute_that_was_missed_is_booked_when_it_is_told(shop: Shop) -> None:
    """The next look finds it, with what it took."""
    payment = shop.paid_there()
    shop.server.dispute(payment.provider_ref, 4000)
    shop.server.fault("error_500", path="/v1/disputes")
    services.ask(payment)
    assert ledger.balance_of(Payment.objects.get(pk=payment.pk)).charged_back == 0

    services.ask(payment)

    assert ledger.balance_of(Payment.objects.get(pk=payment.pk)).charged_back == Decimal(40)
    assert Dispute.objects.count() == 1
