"""One order, several payments: a part by bank transfer, the rest by card; each attempt with a reference of its own."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tradepost.catalogue.models import Variant
from tradepost.checkout import services
from tradepost.checkout.errors import OrderClosed
from tradepost.core.actors import SYSTEM, Actor, By
from tradepost.orders.models import Order
from tradepost.payments import services as operations
from tradepost.payments.errors import AmountError, PaymentInProgress
from tradepost.payments.models import Payment
from tradepost.testing import factories as make
from tradepost.testing.gateways import ScriptedGateway, captured, declined

from .conftest import card, complete, ready

pytestmark = pytest.mark.django_db
BUYER = By(Actor.CUSTOMER, label="ada")


@pytest.fixture
def mug() -> Variant:
    """45.00; with delivery 50.00."""
    return make.variant(price="45.00", on_hand=5)


@pytest.fixture
def provider(gateway: ScriptedGateway, settings: Any) -> ScriptedGateway:
    """Cards, and bank transfers beside them."""
    transfer = {
        "BACKEND": "tradepost.gateways.manual.BankTransfer",
        "OPTIONS": {"account_holder": "Shop", "iban": "DE02"},
    }
    gateways = settings.TRADEPOST_PAYMENTS["GATEWAYS"]
    settings.TRADEPOST_PAYMENTS = {"GATEWAYS": {**gateways, "transfer": transfer}}
    return card()


def split(mug: Variant) -> services.Completion:
    """20.00 by transfer, the rest by card."""
    basket = ready(mug)
    shares = [{"method": "transfer", "amount": "20.00"}, {"method": "card", "amount": None}]
    services.update(basket, payments=shares)
    return complete(basket, "50.00")


def payments() -> list[tuple[str, Decimal, str]]:
    return [(p.method, p.amount, p.status) for p in Payment.objects.order_by("pk")]


def transfer_came() -> None:
    """Staff book it."""
    operations.capture(Payment.objects.get(method="transfer"), by=SYSTEM)


@pytest.mark.parametrize("card_first", [True, False])
def test_the_order_is_confirmed_when_both_parts_are_there(
    provider: ScriptedGateway, mug: Variant, card_first: bool
) -> None:
    """In whichever order they come."""
    provider.play(captured)
    order = split(mug).order
    assert (order.status, order.payment_status) == ("pending", "partly_paid")
    assert payments() == [("transfer", Decimal(20), "requires_action"), ("card", Decimal(30), "captured")]

    transfer_came()

    order = Order.objects.get()
    assert (order.status, order.payment_status, order.amount_captured) == ("confirmed", "paid", Decimal(50))


def test_a_declined_part_is_paid_again_beside_the_transfer(provider: ScriptedGateway, mug: Variant) -> None:
    """With a new reference and key; the transfer that is on its way stays as it is."""
    provider.play(declined)
    order = split(mug).order
    provider.play(captured)

    again = services.pay_again(order, method="card", by=BUYER, amount=Decimal("30.00"))

    assert payments() == [
        ("transfer", Decimal(20), "requires_action"),
        ("card", Decimal(30), "failed"),
        ("card", Decimal(30), "captured"),
    ]
    assert len({p.reference for p in Payment.objects.all()}) == len({p.key for p in Payment.objects.all()}) == 3
    assert again.reference.startswith(f"{order.number}-")
    transfer_came()
    assert Order.objects.get().payment_status == "paid"


def test_all_by_one_method_takes_the_other_back(provider: ScriptedGateway, mug: Variant) -> None:
    """The customer chose the card for everything: the transfer isn't waited for any more."""
    provider.play(declined)
    order = split(mug).order
    provider.play(captured)

    services.pay_again(order, method="card", by=BUYER)

    assert payments()[0] == ("transfer", Decimal(20), "cancelled")
    assert payments()[-1] == ("card", Decimal(50), "captured")
    assert Order.objects.get().payment_status == "paid"


def test_no_more_than_is_left_is_paid(provider: ScriptedGateway, mug: Variant) -> None:
    """30.01 beside a transfer of 20.00, on 50.00."""
    provider.play(declined)
    order = split(mug).order
    with pytest.raises(AmountError) as refusal:
        services.pay_again(order, method="card", by=BUYER, amount=Decimal("30.01"))

    assert refusal.value.context["most"] == "30.00"
    assert Payment.objects.count() == 2


def test_what_is_covered_is_not_paid_again(provider: ScriptedGateway, mug: Variant) -> None:
    """20.00 on their way and 30.00 captured: nothing is left."""
    provider.play(captured)
    order = split(mug).order
    with pytest.raises(PaymentInProgress):
        services.pay_again(order, method="card", by=BUYER, amount=Decimal("1.00"))
    transfer_came()
    with pytest.raises(OrderClosed):
        services.pay_again(Order.objects.get(), method="card", by=BUYER, amount=Decimal("1.00"))

    assert Payment.objects.count() == 2
