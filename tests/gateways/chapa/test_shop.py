"""A shop's ledger beside Chapa's books: whatever is lost, late, doubled or out of order, they agree."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from tests.fakes.chapa_server import ChapaServer
from tests.fakes.loopback import Sums
from tradepost.core import db
from tradepost.core.actors import SYSTEM
from tradepost.payments import (
    ledger,
    services,
)
from tradepost.payments.base import AbstractPayment
from tradepost.payments.interface import InvalidWebhook, WebhookRequest
from tradepost.payments.models import Discrepancy, Payment
from tradepost.payments.services import receive
from tradepost.testing import placed

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(settings: Any) -> Iterator[ChapaServer]:
    """A shop that takes birr by Chapa."""
    with ChapaServer() as server:
        options = {
            "secret_key": server.books.secret_key,
            "webhook_secrets": [server.webhook_secret],
            "base_url": server.url,
            "timeout": (1, 2),
        }
        entry = {"BACKEND": "tradepost.gateways.chapa.ChapaGateway", "OPTIONS": options}
        settings.TRADEPOST_PAYMENTS = {"GATEWAYS": {"chapa": entry}}
        yield server  # type: ignore[misc]


def started(total: str = "100.00") -> AbstractPayment:
    """A payment that waits for the customer."""

    @db.atomic
    def opened() -> AbstractPayment:
        order = placed.order(placed.line_row(total), reserve=False, currency="ETB")
        return services.open_payment(order, method="chapa")

    return services.start(opened(), return_url="https://shop.example/return/")


def take(body: bytes, headers: Any) -> None:
    receive("chapa", WebhookRequest(body=body, headers=headers))


def agrees(shop: ChapaServer, payment: AbstractPayment) -> Sums:
    """The sums at Chapa, after it was asserted that our ledger has the same."""
    sums, ours = shop.books.sums()[payment.reference], ledger.balance_of(Payment.objects.get(pk=payment.pk))
    assert (ours.captured, ours.refunded) == (Decimal(sums.captured) / 100, Decimal(sums.refunded) / 100)
    return sums


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_paid_and_refunded_in_any_order(shop: ChapaServer, seed: int) -> None:
    """Each delivery three times, shuffled, the browser's return between them; all is refunded in two parts, days later."""
    payment = started()
    services.complete(payment, {"status": "success"})
    assert services.find(payment.uuid).status == "requires_action"
    shop.books.pay(payment.reference)
    shop.deliver(take, copies=3, shuffle=seed)
    payment = services.find(payment.uuid)
    assert (payment.status, payment.order.status, payment.order.payment_status) == ("captured", "confirmed", "paid")

    shop.books.slow_refunds = True
    services.refund(payment, Decimal("30.00"), by=SYSTEM)
    payment = services.find(payment.uuid)
    shop.fault("drop_after", path="/refund/.*")
    asked = services.refund(payment, by=SYSTEM)
    assert asked.state == "requested"
    assert services.finish_refund(asked).state == "pending"
    shop.books.give_back(payment.reference)
    shop.deliver(take, copies=2, shuffle=seed)

    assert agrees(shop, payment) == Sums(payments=1, captured=10000, refunded=10000)
    assert sorted((row.kind, row.state) for row in payment.transactions.all()) == [
        ("capture", "succeeded"),
        ("refund", "succeeded"),
        ("refund", "succeeded"),
    ]
    assert not Discrepancy.objects.exists()


def test_a_refund_that_is_told_before_it_is_answered_counts_once(shop: ChapaServer) -> None:
    """Chapa's delivery doesn't carry our key, so the refund is looked up by it; asking again finds it done."""
    payment = started()
    shop.books.pay(payment.reference)
    shop.deliver(take)
    shop.fault("drop_after", path="/refund/.*")
    asked = services.refund(services.find(payment.uuid), by=SYSTEM)
    shop.deliver(take)
    for _ in range(2):
        services.finish_refund(asked)

    balance = ledger.balance_of(Payment.objects.get(pk=payment.pk))
    assert (balance.refunded, balance.refund_pending) == (Decimal(100), 0)
    assert agrees(shop, payment) == Sums(payments=1, captured=10000, refunded=10000)
    assert len(shop.called("/refund/[^/]+")) == 1


def test_a_lost_page_lets_the_customer_pay_again(shop: ChapaServer) -> None:
    """Unknown first; asked again, the page that nobody can reach is shut."""
    shop.fault("drop_after", path="/transaction/initialize")
    payment = started()
    assert (payment.outcome_unknown, payment.provider_ref) == (True, None)

    payment = services.ask(payment)
    assert (payment.status, payment.outcome_unknown) == ("cancelled", False)

    again = services.start(services.open_payment(payment.order, method="chapa"))
    shop.books.pay(again.reference)
    shop.deliver(take, copies=2)
    assert services.find(again.uuid).order.status == "confirmed"
    assert agrees(shop, again) == Sums(payments=1, captured=10000)
    assert agrees(shop, payment) == Sums(payments=1)


def test_who_pays_another_way_can_not_pay_here_any_more(shop: ChapaServer) -> None:
    """The page is shut; had the customer paid meanwhile, that counts."""
    unpaid, paid = started(), started()
    shop.books.pay(paid.reference)

    assert services.cancel(unpaid, by=SYSTEM).status == "cancelled"
    assert services.cancel(paid, by=SYSTEM).status == "captured"

    assert agrees(shop, unpaid) == Sums(payments=1)
    assert agrees(shop, paid) == Sums(payments=1, captured=10000)


def test_a_forged_and_a_wrong_payment_confirm_nothing(shop: ChapaServer) -> None:
    """Forged: refused. Stale: asked about. Another currency, or less: listed, and the order waits."""
    unpaid, less, other = started(), started(), started()
    event = {"event": "charge.success", "tx_ref": unpaid.reference, "reference": "AP9", "status": "success"}
    with pytest.raises(InvalidWebhook):
        shop.send(take, *shop.signed(event, secret="guessed"))
    shop.send(take, *shop.signed(event))
    shop.books.pay(less.reference, amount=100)
    shop.books.pay(other.reference, currency="USD")
    shop.deliver(take)

    assert services.find(unpaid.uuid).status == "requires_action"
    assert {services.find(payment.uuid).order.status for payment in (less, other)} == {"pending"}
    assert sorted(discrepancy.kind for discrepancy in Discrepancy.objects.all()) == ["amount", "currency"]
    assert agrees(shop, less) == Sums(payments=1, captured=100)
