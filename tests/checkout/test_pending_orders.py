"""How many unpaid orders one visitor may have; an address is not a person, and neither is a typed e-mail address."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.checkout.conftest import card, complete, ready
from tradepost.basket.models import Basket
from tradepost.catalogue.base import AbstractVariant
from tradepost.checkout.errors import TooManyPending
from tradepost.core.dates import clock
from tradepost.core.requests.visitor_key import visitor_key
from tradepost.orders.models import Order
from tradepost.testing import factories as make
from tradepost.testing.gateways import ScriptedGateway, declined

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("gateway")]
ADDRESS = "192.0.2.1"


@pytest.fixture
def pen() -> AbstractVariant:
    """Something for 1.00, of which plenty are there."""
    return make.variant(price="1.00", on_hand=99)


def of_session(secret: str, pen: Any, **values: Any) -> Basket:
    """A guest's basket that was opened in a session."""
    basket = ready(pen, **values)
    Basket.objects.filter(pk=basket.pk).update(visitor_key=visitor_key(secret))
    return Basket.objects.get(pk=basket.pk)


def test_guests_behind_one_address_dont_count_for_each_other(gateway: ScriptedGateway, pen: Any) -> None:
    """Five buyers behind a proxy, each with an unpaid order: all of them buy."""
    for number in range(5):
        gateway.play(declined)
        complete(of_session(f"session-{number}", pen, email=f"b{number}@example.com"), client_ip=ADDRESS)

    assert Order.objects.filter(status="pending", client_ip=ADDRESS).count() == 5


@pytest.mark.parametrize("is_customer", [True, False])
def test_a_stranger_who_types_my_address_doesnt_block_me(
    gateway: ScriptedGateway, pen: Any, *, is_customer: bool
) -> None:
    """Neither signed in, nor as a guest."""
    for number in range(3):
        gateway.play(declined)
        complete(of_session(f"stranger-{number}", pen, email="ada@example.com"), client_ip=ADDRESS)
    gateway.play(declined)

    mine = ready(pen, customer=make.customer()) if is_customer else of_session("mine", pen)
    complete(mine, client_ip=ADDRESS)

    assert Order.objects.filter(email="ada@example.com").count() == 4


def test_a_session_may_have_three(gateway: ScriptedGateway, pen: Any) -> None:
    """Whatever e-mail and IP address come with the fourth; the order keeps the session's key, not the session."""
    for number in range(3):
        gateway.play(declined)
        complete(of_session("one", pen, email=f"b{number}@example.com"), client_ip=f"192.0.2.{number}")
    fourth = of_session("one", pen, email="other@example.com")

    with pytest.raises(TooManyPending) as refusal:
        complete(fourth, client_ip="198.51.100.1")

    assert refusal.value.context == {"most": 3}
    assert set(Order.objects.values_list("visitor_key", flat=True)) == {visitor_key("one")}
    assert Order.objects.count() == 3
    assert Basket.objects.get(pk=fourth.pk).status == "open"


def test_a_basket_without_a_session_is_a_visitor_of_its_own(gateway: ScriptedGateway, pen: Any) -> None:
    """As an own front end opens them."""
    basket = ready(pen)
    gateway.play(declined)
    order = complete(basket, client_ip=ADDRESS).order

    assert order.visitor_key == visitor_key(str(basket.uuid))


def test_a_customers_order_has_no_visitor(gateway: ScriptedGateway, pen: Any) -> None:
    """Their account is enough."""
    gateway.play(declined)

    assert complete(ready(pen, customer=make.customer())).order.visitor_key == ""


def test_very_many_guests_of_one_address_are_refused(pen: Any, settings: Any) -> None:
    """In one hour; customers don't count and aren't refused."""
    settings.TRADEPOST_CHECKOUT = {"MAX_PENDING_ORDERS_OF_ADDRESS": 2}
    gateway = card()
    for _ in range(2):
        gateway.play(declined)
        complete(ready(pen), client_ip=ADDRESS)
    with pytest.raises(TooManyPending) as refusal:
        complete(ready(pen), client_ip=ADDRESS)
    assert refusal.value.context == {"most": 2}
    assert Order.objects.count() == 2

    gateway.play(declined, declined, declined)
    complete(ready(pen), client_ip="198.51.100.1")
    complete(ready(pen, customer=make.customer()), client_ip=ADDRESS)
    Order.objects.update(placed_at=clock.now() - timedelta(hours=2))
    complete(ready(pen), client_ip=ADDRESS)
    assert Order.objects.count() == 5


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.2", None])
def test_the_address_of_a_proxy_isnt_counted(settings: Any, pen: Any, address: str | None) -> None:
    """Where the shop doesn't know of its proxy, everybody has it."""
    settings.TRADEPOST_CHECKOUT = {"MAX_PENDING_ORDERS_OF_ADDRESS": 1}
    gateway = card()
    for _ in range(3):
        gateway.play(declined)
        complete(ready(pen), client_ip=address)

    assert Order.objects.count() == 3
