"""Whatever step the process dies at, the sweeper brings order, ledger and the provider's books to agreement.

Each flow is run once to count the places between its steps, then once for each place, and killed there (SIGKILL, from inside).
Later, in another process, the jobs run; and then nothing was charged twice, and nothing is lost.
"""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from tests.fakes.loopback import Sums
from tests.fakes.providers import PROVIDERS
from tests.gateways.shops import TOTAL, Shop
from tradepost.payments import conf, ledger, services
from tradepost.payments.base import AbstractPayment
from tradepost.payments.models import Discrepancy, Payment, Transaction

pytestmark = [pytest.mark.slow, pytest.mark.killed, pytest.mark.django_db(transaction=True)]
ROOT = Path(__file__).resolve().parents[2]
PART = Decimal(40)


@pytest.fixture(scope="module")
def processes(django_db_setup: None) -> Iterator[subprocess.Popen[str]]:
    """The server that forks the shop's processes; it ends when its input does."""
    environment = {**os.environ, "TRADEPOST_TEST_DATABASE": str(connection.settings_dict["NAME"])}
    command = [sys.executable, "-m", "tests.gateways.killed.process"]
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield process


@dataclass
class MortalShop(Shop):
    """A shop whose processes may die."""

    process: subprocess.Popen[str]

    def run(
        self, act: str, payment: AbstractPayment | None = None, *, fatal: int = 0, later: int = 0, **values: Any
    ) -> Any:
        """Let a process carry out an act; ``fatal`` is the place at which it dies, ``later`` moves its clock (minutes)."""
        if payment is not None:
            values["payment"] = str(payment.uuid)
        order = {"act": act, "payments": {"GATEWAYS": self.methods}, "fatal": fatal, "later": later, "values": values}
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        reported = json.loads(self.process.stdout.readline())
        assert reported["killed"] is bool(fatal), (act, fatal, reported)
        return reported

    def sweep(self, *moments: int) -> None:
        """Let the jobs run in another process, at these minutes from now."""
        for later in moments:
            assert self.run("sweep", later=later)["failed"] == 0

    def started_again(self, payment: AbstractPayment) -> AbstractPayment:
        """A customer comes back to the order, and goes on with the payment or begins another."""
        payment = self.start(payment)
        if payment.status in ("failed", "cancelled"):
            payment = self.start(services.open_payment(payment.order, method=payment.method))
        return payment

    def letters(self) -> Sequence[Mapping[str, Any]]:
        """The provider's deliveries, as an action takes them."""
        return [
            {
                "body": base64.b64encode(delivery.body).decode(),
                "headers": dict(delivery.headers),
                "query": dict(delivery.query),
            }
            for delivery in self.deliveries()
        ]

    def agrees(self, payment: AbstractPayment) -> Sums:
        """The provider's sums, which are ours, and nothing is left open."""
        row = Payment.objects.get(pk=payment.pk)
        ours = ledger.balance_of(row)
        assert (ours.capture_pending, ours.refund_pending, row.outcome_unknown) == (0, 0, False)
        return super().agrees(payment)


@pytest.fixture
def shop(request: pytest.FixtureRequest, settings: Any, processes: subprocess.Popen[str]) -> Iterator[MortalShop]:
    """Of the provider that the test names."""
    provider = PROVIDERS[request.param]
    with provider.server() as server:
        instance = MortalShop(provider, server, processes)
        settings.TRADEPOST_PAYMENTS = {"GATEWAYS": instance.methods}
        yield instance


def killed_everywhere(
    shop: MortalShop,
    act: str,
    prepare: Callable[[], AbstractPayment],
    values: Callable[[AbstractPayment], Mapping[str, Any]],
) -> list[tuple[str, AbstractPayment]]:
    """Payments for which an act was carried out, each by a process that died at another place; the first one lived."""
    payment = prepare()
    places = shop.run(act, payment, **values(payment))["places"]
    assert len(places) >= 3
    assert places[-1] == "at the end"
    done = [("nowhere", payment)]
    for fatal, place in enumerate(places, start=1):
        payment = prepare()
        shop.run(act, payment, fatal=fatal, **values(payment))
        done.append((f"{fatal}: {place}", payment))
    return done


ALL = list(PROVIDERS)
HOLD = ["stripe", "paypal", "razorpay"]
REFUND = ["stripe", "paypal", "razorpay", "paystack", "chapa"]


@pytest.mark.parametrize("shop", [name for name in ALL if name != "mpesa"], indirect=True)
def test_a_start(shop: MortalShop) -> None:
    """The customer loads the page again, or the job does it: one payment at the provider, which is paid once.

    Where the provider doesn't tell its page a second time, the payment has failed, and can't be paid: another one is.
    """
    values = {"client_input": dict(shop.provider.client_input)}
    done = killed_everywhere(shop, "start", shop.opened, lambda payment: values)
    shop.sweep(3)
    paid = [(place, shop.started_again(payment)) for place, payment in done]
    for _place, payment in paid:
        shop.pay(payment)
    shop.sweep(10)

    for (place, first), (_place, payment) in zip(done, paid, strict=True):
        assert shop.agrees(payment) == Sums(1, captured=TOTAL), place
        assert services.find(payment.uuid).order.payment_status == "paid", place
        assert first == payment or shop.agrees(first).captured == 0, place
    assert [first for first, (_place, again) in zip(done, paid, strict=True) if again == first[1]]
    assert not list(Discrepancy.objects.values_list("kind", "facts"))


@pytest.mark.parametrize("shop", ["stripe"], indirect=True)
def test_a_start_that_nobody_comes_back_to(shop: MortalShop) -> None:
    """The order expires, and what there is at the provider can't be paid any more."""
    done = killed_everywhere(shop, "start", shop.opened, lambda payment: {"client_input": {}})
    shop.sweep(3, 70, 100)

    for place, payment in done:
        assert shop.agrees(payment).captured == 0, place
        assert services.find(payment.uuid).order.status == "expired", place
    assert {intent["status"] for intent in shop.server.books.intents.values()} == {"canceled"}


@pytest.mark.parametrize("shop", ["mpesa"], indirect=True)
def test_a_push(shop: MortalShop) -> None:
    """It isn't repeated: the phone rings once at most, and where it rang and was answered, the callback books it.

    Where it never rang, staff are told, and the customer may ask for another push.
    """
    values = {"client_input": dict(shop.provider.client_input)}
    done = killed_everywhere(shop, "start", shop.opened, lambda payment: values)
    rang = [pair for pair in done if shop.sums(pair[1]).payments]
    shop.sweep(3)
    assert {place.partition(": ")[2] for place, _payment in done} >= {"before call", "before commit", "at the end"}
    for place, payment in done:
        assert shop.sums(payment).payments == ((place, payment) in rang), place
    for _place, payment in rang:
        shop.pay(payment)
    paid = shop.letters()
    for _place, payment in rang:
        shop.run("webhook", payment, deliveries=paid)
    shop.sweep(10)

    for place, payment in rang:
        assert shop.agrees(payment) == Sums(1, captured=TOTAL), place
        assert services.find(payment.uuid).order.status == "confirmed", place
    silent = [payment for place, payment in done if (place, payment) not in rang]
    given_up = {payment.pk for payment in silent if services.find(payment.uuid).status == "cancelled"}
    assert given_up
    assert set(Discrepancy.objects.filter(resolved_at=None).values_list("payment_id", flat=True)) == given_up
    for payment in silent:
        again = shop.started_again(services.find(payment.uuid))
        assert (again.status, shop.sums(again)) == ("requires_action", Sums(1))


@pytest.mark.parametrize("shop", ["stripe", "paypal", "razorpay"], indirect=True)
def test_the_way_back(shop: MortalShop) -> None:
    """The browser came back once, and the process died: the job finishes it."""

    done = killed_everywhere(shop, "complete", shop.paid_there, lambda payment: {"data": shop.returned(payment)})
    shop.sweep(3)

    for place, payment in done:
        assert shop.agrees(payment) == Sums(1, captured=TOTAL), place
        assert services.find(payment.uuid).order.payment_status == "paid", place
    assert not list(Discrepancy.objects.values_list("kind", "facts"))


@pytest.mark.parametrize("shop", ["stripe", "paypal", "mpesa"], indirect=True)
def test_a_webhook(shop: MortalShop) -> None:
    """It never comes again, and the payment is booked all the same, once."""
    shop.deliveries()
    done = killed_everywhere(shop, "webhook", shop.paid_there, lambda payment: {"deliveries": shop.letters()})
    shop.sweep(3, 10)

    for place, payment in done:
        assert shop.agrees(payment) == Sums(1, captured=TOTAL), place
        assert payment.transactions.filter(kind="capture").count() == 1, place
    assert not list(Discrepancy.objects.values_list("kind", "facts"))


@pytest.mark.parametrize("shop", HOLD, indirect=True)
def test_a_capture(shop: MortalShop) -> None:
    """Once it is written down it is made, and once; before that nothing has happened."""
    done = killed_everywhere(shop, "capture", lambda: shop.paid("hold"), lambda payment: {"amount": str(TOTAL)})
    asked = set(Transaction.objects.filter(kind="capture").values_list("payment_id", flat=True))
    assert len(done) - len(asked) in range(1, 4)  # killed before it was written down
    shop.sweep(3, 15)

    for place, payment in done:
        sums = Sums(1, captured=TOTAL) if payment.pk in asked else Sums(1, authorised=TOTAL)
        assert shop.agrees(payment) == sums, place
        assert payment.transactions.filter(kind="capture").count() == (payment.pk in asked), place
    assert not list(Discrepancy.objects.values_list("kind", "facts"))


@pytest.mark.parametrize("shop", REFUND, indirect=True)
def test_a_refund(shop: MortalShop) -> None:
    """Once it is written down it is made, and once, also where the provider knows no key for it."""
    amount = PART if conf.gateway("now").capabilities.partial_refund else TOTAL
    done = killed_everywhere(shop, "refund", shop.paid, lambda payment: {"amount": str(amount)})
    asked = set(Transaction.objects.filter(kind="refund").values_list("payment_id", flat=True))
    assert len(done) - len(asked) in range(1, 4)
    shop.sweep(15)
    _processed(shop)
    shop.sweep(30)

    for place, payment in done:
        assert shop.agrees(payment) == Sums(1, captured=TOTAL, refunded=amount * (payment.pk in asked)), place
        assert payment.transactions.filter(kind="refund").count() == (payment.pk in asked), place
    assert not list(Discrepancy.objects.values_list("kind", "facts"))


@pytest.mark.parametrize("shop", [name for name in HOLD if name != "razorpay"], indirect=True)
def test_a_void(shop: MortalShop) -> None:
    """Whether the provider had let it go or not, we know it."""
    done = killed_everywhere(shop, "void", lambda: shop.paid("hold"), lambda payment: {})
    shop.sweep(3)

    for place, payment in done:
        assert shop.agrees(payment) in (Sums(1), Sums(1, authorised=TOTAL)), place
    assert shop.agrees(done[0][1]) == shop.agrees(done[-1][1]) == Sums(1)
    assert not list(Discrepancy.objects.values_list("kind", "facts"))


@pytest.mark.parametrize("shop", ["stripe", "paystack"], indirect=True)
def test_a_cancelled_order(shop: MortalShop) -> None:
    """Once it is cancelled its money goes back, all of it and once."""
    done = killed_everywhere(shop, "cancel_order", shop.paid, lambda payment: {})
    shop.sweep(15)
    _processed(shop)
    shop.sweep(30, 60)

    for place, payment in done:
        order = services.find(payment.uuid).order
        gone = order.status == "cancelled"
        assert shop.agrees(payment) == Sums(1, captured=TOTAL, refunded=TOTAL * gone), place
        assert order.payment_status == ("refunded" if gone else "paid"), place
    assert not list(Discrepancy.objects.values_list("kind", "facts"))


def _processed(shop: MortalShop) -> None:
    """The refunds reach the customers, where the provider takes its time."""
    for refund in getattr(shop.server.books, "refunds", []) if shop.provider is PROVIDERS["paystack"] else []:
        if refund["status"] == "pending":
            shop.server.process(refund["id"])


# --- controls ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shop", ["stripe"], indirect=True)
def test_without_a_key_that_was_committed_a_start_is_made_twice(shop: MortalShop) -> None:
    """The control: one of the killed starts is unknown to us, and the next try makes a second payment."""
    values = {"client_input": {}}
    done = killed_everywhere(shop, "careless_start", shop.opened, lambda payment: values)
    for _place, payment in done:
        if not services.find(payment.uuid).provider_ref:
            shop.run("careless_start", payment, **values)

    assert {shop.sums(payment).payments for _place, payment in done} == {1, 2}


@pytest.mark.parametrize("shop", ["stripe"], indirect=True)
def test_without_a_row_that_was_committed_a_refund_is_made_twice(shop: MortalShop) -> None:
    """The control: nobody remembers the refund that a killed process asked for, and the next try gives the money again."""
    values = {"amount": str(PART)}
    done = killed_everywhere(shop, "careless_refund", shop.paid, lambda payment: values)
    for _place, payment in done:
        if not payment.transactions.filter(kind="refund").exists():
            shop.run("careless_refund", payment, **values)

    assert {shop.sums(payment).refunded for _place, payment in done} == {PART, 2 * PART}
