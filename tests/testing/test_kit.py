"""Scenarios, the clock, budgets of queries and strategies, as a project uses them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.test import TestCase
from django.utils import timezone
from hypothesis import given

from tradepost.basket.calculation import calculate
from tradepost.basket.totals.snapshots import BasketSnapshot, Rules
from tradepost.catalogue.models import Product
from tradepost.checkout import services as checkout
from tradepost.checkout.errors import RequirementsUnmet
from tradepost.core.actors import SYSTEM
from tradepost.core.addresses import PostalAddress
from tradepost.core.dates import clock
from tradepost.core.money import quantise
from tradepost.inventory.models import StockLevel
from tradepost.orders.base import AbstractOrder
from tradepost.payments import services
from tradepost.payments.models import Payment
from tradepost.pricing.models import ExchangeRate
from tradepost.testing import Scenario, assert_queries, deliver_events, frozen, scripted
from tradepost.testing import factories as make
from tradepost.testing.clock import FrozenClock
from tradepost.testing.gateways import ScriptedGateway, declined, refunded
from tradepost.testing.strategies import addresses, baskets, money


@pytest.mark.django_db
def test_a_story_in_one_line() -> None:
    """Three lines of two units at 10.00, a tenth off, paid: the shop's own services did it."""
    order = Scenario().basket(lines=3, quantity=2).coupon("SPRING", percent="10").paid()

    assert (order.status, order.payment_status, order.total) == ("confirmed", "paid", Decimal(54))
    assert order.lines.count() == 3
    assert Payment.objects.get().status == "captured"
    assert set(StockLevel.objects.values_list("reserved", flat=True)) == {2}
    deliver_events()
    assert [message.to for message in mail.outbox] == [["ada@example.com"]]


@pytest.mark.django_db
def test_an_order_that_waits_for_its_money() -> None:
    """Placed is pending, whatever payment methods the project has."""
    order = Scenario().basket().placed()

    assert (order.status, order.payment_status, order.total) == ("pending", "pending", Decimal(10))


@pytest.mark.django_db
def test_a_shipped_order_of_a_customer_in_another_currency(settings: Any) -> None:
    """All of it is on its way."""
    settings.TRADEPOST_PRICING = {"CURRENCIES": ("EUR", "JPY")}
    ExchangeRate.objects.create(base="EUR", currency="JPY", rate=Decimal("0.006"), valid_from=timezone.now())
    customer = make.customer()

    order = Scenario(customer=customer, currency="JPY", city="Köln").basket(price=1200).shipped()

    assert (order.total, order.currency, order.fulfilment_status) == (Decimal(1200), "JPY", "shipped")
    assert (order.customer_id, order.shipping_address["city"]) == (customer.pk, "Köln")


@pytest.mark.django_db
def test_what_costs_nothing_needs_no_payment() -> None:
    """A free sample is confirmed as it is placed, and the script isn't spoilt."""
    with scripted() as gateway:
        order = Scenario().basket(price="0").paid()
        assert (order.status, Payment.objects.count(), gateway.calls) == ("confirmed", 0, [])
        assert Scenario().basket().paid().status == "confirmed"


@pytest.mark.django_db
def test_goods_of_the_test_and_the_buyers_words() -> None:
    """A test passes the values that it cares about."""
    mug = make.variant(price="12.50", on_hand=5)

    order = Scenario().basket(mug, quantity=3).says(email="bob@example.com", phone="+49 30 1234567").placed()

    assert (order.email, order.phone, order.lines.get().sku) == ("bob@example.com", "+49 30 1234567", mug.sku)


@pytest.mark.django_db
def test_a_checkout_that_asks_for_more_says_what(settings: Any) -> None:
    """The project's own requirements hold in a scenario, too."""
    from tradepost.checkout.conf import CheckoutSettings

    settings.TRADEPOST_CHECKOUT = {"STEPS": (*CheckoutSettings().STEPS, "tests.docs.examples.phone.has_phone")}

    with pytest.raises(RequirementsUnmet) as refused:
        Scenario().basket().placed()
    assert [requirement["code"] for requirement in refused.value.context["requirements"]] == ["phone_missing"]
    assert Scenario().basket().says(phone="+49 30 1234567").placed().phone == "+49 30 1234567"


@pytest.mark.django_db
def test_the_fixtures_of_the_plugin(
    scenario: Scenario, scripted_gateway: ScriptedGateway, frozen_clock: FrozenClock
) -> None:
    """They go together: a refund is answered by the same gateway, at the moment that was set."""
    frozen_clock.set("2026-12-24 18:00")
    order = scenario.basket().paid()
    assert order.placed_at == datetime(2026, 12, 24, 18, tzinfo=UTC)

    frozen_clock.tick(days=1)
    scripted_gateway.play(lambda asked: refunded(asked.price, "key"))
    services.refund(Payment.objects.get(), by=SYSTEM, reason="returned")

    assert clock.now() == datetime(2026, 12, 25, 18, tzinfo=UTC)
    assert [call.name for call in scripted_gateway.calls] == ["start", "refund"]
    order.refresh_from_db()
    assert order.payment_status == "refunded"


@pytest.mark.django_db
def test_a_decline_is_played(scripted_gateway: ScriptedGateway, scenario: Scenario) -> None:
    """The order stays pending, and is paid by another attempt."""
    scripted_gateway.play(declined)

    order = scenario.basket().says(payment_method="scripted").placed()

    assert (order.status, Payment.objects.get().status) == ("pending", "failed")


def _two_queries() -> None:
    list(Product.objects.all())
    list(Product.objects.all())


@pytest.mark.django_db
def test_more_queries_than_allowed_are_shown(assert_queries: Callable[..., Any]) -> None:
    """Each with its number; what opens a transaction isn't counted."""
    with assert_queries(at_most=1, at_least=1):
        list(Product.objects.all())

    with (
        pytest.raises(AssertionError, match=r"(?s)2 queries, at most 1 .*  1\. SELECT.*  2\. SELECT"),
        assert_queries(at_most=1),
    ):
        _two_queries()
    with pytest.raises(AssertionError, match="at least 1"), assert_queries(at_most=1, at_least=1):
        pass


@pytest.mark.django_db(transaction=True)
def test_a_story_with_real_commits() -> None:
    """Where transactions are committed the durable handlers run by themselves."""
    order = Scenario().basket().paid()

    assert order.stage == "paid"
    assert [message.to for message in mail.outbox] == [["ada@example.com"]]
    assert deliver_events() == 0


class UnderDjangosTestCase(TestCase):
    """Nothing of it needs pytest."""

    order: AbstractOrder

    @classmethod
    def setUpTestData(cls) -> None:
        """Once for the class."""
        cls.order = Scenario().basket(lines=2).paid()

    def test_a_paid_order(self) -> None:
        """It is there for each test."""
        with frozen("2026-01-01 12:00"), assert_queries(at_most=1):
            self.order.refresh_from_db()
        assert self.order.stage == "paid"

    def test_a_second_one(self) -> None:
        """It can be told beside it."""
        with scripted():
            basket = Scenario().basket().says(payment_method="scripted").ready()
            assert checkout.look(basket).can_complete


@given(baskets())
def test_strategies_make_baskets_that_can_be_calculated(drawn: tuple[BasketSnapshot, Rules]) -> None:
    """Net and tax are the total, in each currency."""
    totals = calculate(*drawn)

    assert totals.total == sum((line.net + line.tax for line in totals.lines), Decimal(0))


@given(addresses(country="FR"), money("KWD", least=1))
def test_strategies_make_addresses_and_amounts(address: PostalAddress, amount: Decimal) -> None:
    """As they are read, and as they are stored."""
    assert PostalAddress.read(address.as_dict()) == address
    assert address.country == "FR"
    assert amount == quantise(amount, "KWD") >= 1


def test_the_plugin_leaves_projects_without_django_alone(tmp_path: Path) -> None:
    """pytest loads it in every project on the machine; it imports neither Django nor our models."""
    (tmp_path / "test_other.py").write_text(
        "import sys\n\ndef test_it():\n    assert 'tradepost.testing.pytest_plugin' in sys.modules\n"
        "    assert 'tradepost.testing.scenario' not in sys.modules\n"
        "    assert 'django.db' not in sys.modules\n"
    )
    (tmp_path / "pytest.ini").write_text("[pytest]\n")  # or a folder above may have one, as where nox makes it
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "tradepost.testing.pytest_plugin",
        "--rootdir",
        str(tmp_path),
    ]
    alone = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    done = subprocess.run(
        [*command, str(tmp_path)], cwd=tmp_path, env=alone, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
