"""A shop's ledger beside Chapa as its documents describe it: both references, parts, and what a refusal doesn't tell."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from tests.fakes.documented.chapa import DocumentedChapa
from tests.fakes.loopback import Sums
from tests.fakes.providers import Provider
from tradepost.core.actors import SYSTEM
from tradepost.payments import (
    conf,
    services,
)
from tradepost.payments.base import AbstractPayment
from tradepost.payments.errors import AmountError, NotRefundable
from tradepost.payments.models import Discrepancy, Transaction

from ..shops import Shop

pytestmark = pytest.mark.django_db

CHAPA = Provider(
    server=DocumentedChapa,
    backend="tradepost.gateways.chapa.ChapaGateway",
    options=lambda server: {"secret_key": server.secret_key, "webhook_secrets": ["hash"], "timeout": (1, 2)},
    currency="ETB",
    unit=1,
    pay=lambda server, reference, ref: server.pay(reference),
    decline=lambda server, reference, ref: None,
)


@pytest.fixture
def shop(settings: Any) -> Iterator[Shop]:
    """A shop that takes birr by Chapa."""
    with DocumentedChapa() as server:
        shop = Shop(CHAPA, server)
        settings.TRADEPOST_PAYMENTS = {"GATEWAYS": shop.methods}
        yield shop


def refunds(payment: AbstractPayment) -> list[tuple[Decimal, str]]:
    rows = Transaction.objects.filter(payment_id=payment.pk, kind="refund").order_by("pk")
    return [(row.amount, row.state) for row in rows]


def test_who_has_not_paid_yet_is_waited_for(shop: Shop) -> None:
    """404 with a status of null is no refusal, and no silence either."""
    payment = services.ask(shop.start(shop.opened()))

    assert (payment.status, payment.outcome_unknown, payment.error_message) == ("pending", False, "")


def test_parts_are_refunded_under_the_reference_of_chapa(shop: Shop) -> None:
    """Each is pending until Chapa verifies it by its own id; a payment that is still a success is no reason to wait."""
    payment = shop.paid()
    services.refund(payment, Decimal("30.00"), by=SYSTEM)
    services.refund(services.find(payment.uuid), Decimal("69.50"), by=SYSTEM)
    assert refunds(payment) == [(Decimal("30.00"), "pending"), (Decimal("69.50"), "pending")]

    shop.server.finish_refunds()
    for row in Transaction.objects.filter(payment_id=payment.pk, kind="refund"):
        services.finish_refund(row)

    assert refunds(payment) == [(Decimal("30.00"), "succeeded"), (Decimal("69.50"), "succeeded")]
    assert shop.agrees(payment) == Sums(payments=1, captured=100, refunded=Decimal("99.50"), authorised=0, disputed=0)
    with pytest.raises(AmountError):
        services.refund(services.find(payment.uuid), Decimal("0.51"), by=SYSTEM)


def test_a_refund_is_told_with_the_payment(shop: Shop) -> None:
    """Asking for the payment asks for each refund that the ledger has; nothing is booked twice when all is back."""
    payment = shop.paid()
    services.refund(payment, Decimal("40.00"), by=SYSTEM)
    services.refund(services.find(payment.uuid), Decimal("60.00"), by=SYSTEM)
    shop.server.finish_refunds()

    for _ in range(2):
        payment = services.ask(payment)

    assert (payment.status, refunds(payment)) == ("refunded", [(Decimal(40), "succeeded"), (Decimal(60), "succeeded")])
    assert shop.agrees(payment).refunded == Decimal(100)


def test_a_refund_that_the_bank_refused_is_free_again(shop: Shop) -> None:
    """Its amount may be refunded anew."""
    payment = shop.paid()
    asked = services.refund(payment, Decimal("30.00"), by=SYSTEM)
    shop.server.finish_refunds("failed")

    services.finish_refund(asked)

    assert refunds(payment) == [(Decimal("30.00"), "failed")]
    assert shop.agrees(payment).refunded == 0


@pytest.mark.parametrize("amount", ["100.00", "30.00"])
def test_a_refusal_that_speaks_of_a_reference_is_a_refusal(shop: Shop, amount: str) -> None:
    """ "Insufficient balance to refund transaction reference …": nothing was made, and nobody waits for it."""
    payment = shop.paid()
    shop.server.books.balance = Decimal(10)

    with pytest.raises(NotRefundable):
        services.refund(payment, Decimal(amount), by=SYSTEM)

    assert (refunds(payment), shop.server.books.refunds) == ([(Decimal(amount), "failed")], {})
    assert shop.agrees(payment) == Sums(payments=1, captured=100, authorised=0, refunded=0, disputed=0)


def test_a_refund_that_never_arrived_is_asked_for_again(shop: Shop) -> None:
    """Once."""
    payment = shop.paid()
    shop.server.fault("drop_before", path="/refund/.*")
    asked = services.refund(payment, Decimal("30.00"), by=SYSTEM)
    assert asked.state == "requested"

    assert services.finish_refund(asked).state == "pending"
    assert [refund["amount"] for refund in shop.server.books.refunds.values()] == [30]


def test_a_lost_answer_is_never_taken_for_a_refusal(shop: Shop) -> None:
    """Chapa refuses the reference that it has used, finds no refund by it, and still may be giving the money back."""
    payment = shop.paid()
    shop.server.fault("drop_after", path="/refund/.*")
    asked = services.refund(payment, Decimal("30.00"), by=SYSTEM)

    for _ in range(2):
        assert services.finish_refund(asked).state == "requested"

    assert len(shop.server.books.refunds) == 1
    assert services.find(payment.uuid).ref.refunds[0].provider_ref == ""


def test_a_lost_refund_of_all_is_booked_once_chapa_tells_of_it(shop: Shop) -> None:
    """Under our key, so that asking for the refund again finds it done."""
    payment = shop.paid()
    shop.server.fault("drop_after", path="/refund/.*")
    asked = services.refund(payment, by=SYSTEM)
    shop.server.finish_refunds()

    services.ask(payment)

    assert services.finish_refund(asked).state == "succeeded"
    assert refunds(payment) == [(Decimal(100), "succeeded")]
    assert shop.agrees(payment).refunded == Decimal(100)
    assert not Discrepancy.objects.exists()


def test_refunds_that_can_not_be_looked_up_veto_nothing(shop: Shop) -> None:
    """The payment is told, and what is missing is named."""
    payment = shop.paid()
    services.refund(payment, Decimal("30.00"), by=SYSTEM)
    shop.server.fault("error_500", path="/refund/.*/verify")

    result = conf.gateway("now").fetch(services.find(payment.uuid).ref)

    assert ([entry.kind.value for entry in result.entries], list(result.missing)) == (
        ["capture", "refund"],
        ["refunds"],
    )
