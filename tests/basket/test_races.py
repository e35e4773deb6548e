"""Baskets under races, on PostgreSQL; with a control that shows what the lock holds."""

from __future__ import annotations

import threading

import pytest
from django.db import transaction

from tradepost.basket import services
from tradepost.basket.base import AbstractBasket
from tradepost.basket.models import Basket, BasketLine
from tradepost.testing import factories as make
from tradepost.testing.races import together

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


def rows(basket: AbstractBasket) -> list[tuple[str, int]]:
    """What is in a basket."""
    return sorted(basket.lines.values_list("variant__sku", "quantity"))


@pytest.mark.parametrize("own", [True, False])
def test_signing_in_at_once_is_signing_in_once(own: bool) -> None:
    """Units are added once, whether or not the customer has a basket already."""
    ada, cup = make.customer(), make.variant(sku="CUP", price="10.00")
    guests = services.open_basket()
    services.add(guests, cup, 2)
    if own:
        services.add(services.basket_of(ada), cup)

    results = together([lambda: services.sign_in(guests.uuid, ada)] * 4)

    assert results == [services.basket_of(ada)] * 4
    assert rows(services.basket_of(ada)) == [("CUP", 3 if own else 2)]
    assert Basket.objects.open().count() == 1


def test_units_that_are_added_at_once_all_count() -> None:
    """On one line."""
    basket, cup = services.open_basket(), make.variant(sku="CUP", price="10.00")

    together([lambda: services.add(basket, cup, 2)] * 4)

    assert rows(basket) == [("CUP", 8)]


def test_without_the_lock_units_are_lost() -> None:
    """The control: both read one unit, and both write three."""
    basket, cup = services.open_basket(), make.variant(sku="CUP", price="10.00")
    services.add(basket, cup)
    both_have_read = threading.Barrier(2)

    def add_without_a_lock() -> None:
        with transaction.atomic():
            line = BasketLine.objects.get(basket=basket.pk)
            both_have_read.wait(timeout=10)
            line.quantity += 2
            line.save()

    assert together([add_without_a_lock] * 2) == [None, None]
    assert rows(basket) == [("CUP", 3)]


def test_a_customer_gets_one_basket_however_many_ask_at_once() -> None:
    """The unique key decides who makes it."""
    ada = make.customer()

    results = together([lambda: services.basket_of(ada)] * 5)

    assert results == [Basket.objects.get()] * 5


def test_baskets_that_merge_into_each_other_do_not_wait_for_ever() -> None:
    """Both are locked in one order; who comes second finds its target merged away."""
    one, other, cup = services.open_basket(), services.open_basket(), make.variant(sku="CUP", price="10.00")
    services.add(one, cup)
    services.add(other, cup)

    results = together([lambda: services.merge(one, other), lambda: services.merge(other, one)])

    assert sorted(type(result).__name__ for result in results) == ["Basket", "BasketNotOpen"]
    assert rows(Basket.objects.open().get()) == [("CUP", 2)]
