"""Baskets under races, on PostgreSQL; with a control that shows what the lock holds."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import transaction

from tests.locks import take_locks_away
from tradepost.basket import services
from tradepost.basket.base import AbstractBasket
from tradepost.basket.events import BasketMerged
from tradepost.basket.models import Basket, BasketLine
from tradepost.core.events import subscribe, unsubscribe
from tradepost.testing import factories as make
from tradepost.testing.races import together

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


def rows(basket: AbstractBasket) -> list[tuple[str, int]]:
    """The lines of a basket."""
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
    basket, other, cup = services.open_basket(), services.open_basket(), make.variant(sku="CUP", price="10.00")
    services.add(basket, cup)
    services.add(other, cup)

    results = together([lambda: services.merge(basket, other), lambda: services.merge(other, basket)])

    assert sorted(type(result).__name__ for result in results) == ["Basket", "BasketNotOpen"]
    assert rows(Basket.objects.open().get()) == [("CUP", 2)]


def joined_during_an_add(adds_to_source: bool, *, reopened: bool = False) -> tuple[list[Any], int]:
    """A cup is put into one of two baskets while they become one; what each call gave, and how many cups there are then.

    The cup is in before the other call begins, and not committed until that has ended or waits.
    """
    cup = make.variant(sku="CUP", price="10.00")
    source, into = services.open_basket(), services.open_basket()
    services.add(source, cup, 2)
    services.add(into, cup)
    if reopened:
        Basket.objects.filter(pk=into.pk).update(status="submitted")
    added, joined = threading.Event(), threading.Event()

    def add() -> None:
        with transaction.atomic():
            services.add(source if adds_to_source else into, cup, 4)
            added.set()
            joined.wait(timeout=1)

    def join() -> None:
        assert added.wait(timeout=10)
        if reopened:
            services.reopen(into, newer=source)
        else:
            services.merge(source, into)
        joined.set()

    return together([add, join]), sum(line.quantity for line in BasketLine.objects.filter(basket=into.pk))


@pytest.mark.parametrize(("adds_to_source", "reopened"), [(True, False), (False, False), (True, True)])
def test_what_is_added_while_baskets_become_one_is_in_it(adds_to_source: bool, reopened: bool) -> None:
    """By a merge and by giving one back: the second waits for the first."""
    assert joined_during_an_add(adds_to_source, reopened=reopened) == ([None, None], 7)


@pytest.mark.parametrize(("adds_to_source", "reopened"), [(True, False), (False, False), (True, True)])
def test_without_the_lock_what_is_added_is_lost(
    monkeypatch: pytest.MonkeyPatch, adds_to_source: bool, reopened: bool
) -> None:
    """The control: lines are read before the cups are in them."""
    take_locks_away(monkeypatch)
    assert joined_during_an_add(adds_to_source, reopened=reopened) == ([None, None], 3)


def adopted_during_a_submit() -> tuple[list[str], object]:
    """A guest signs in while their basket is being submitted; what each call gave, and whose it is then."""
    ada, basket = make.customer(), services.open_basket()
    services.add(basket, make.variant(sku="CUP", price="10.00"))
    submitted, signed_in = threading.Event(), threading.Event()

    def submit() -> None:
        with transaction.atomic():
            row = Basket.objects.filter(pk=basket.pk).locked().get()
            row.submit()
            row.save()
            submitted.set()
            signed_in.wait(timeout=1)

    def sign_in() -> None:
        assert submitted.wait(timeout=10)
        try:
            services.sign_in(basket.uuid, ada)
        finally:
            signed_in.set()

    results = together([submit, sign_in])
    basket.refresh_from_db()
    return [type(result).__name__ for result in results], basket.customer_id


def test_a_basket_that_is_being_submitted_is_not_adopted() -> None:
    """The order is a guest's, and its basket stays so; who signs in is told that it isn't open."""
    assert adopted_during_a_submit() == (["NoneType", "BasketNotOpen"], None)


def test_without_the_lock_a_submitted_basket_is_adopted(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: it is read as open, and given away after it was submitted."""
    take_locks_away(monkeypatch)
    results, customer = adopted_during_a_submit()
    assert (results, customer is None) == (["NoneType", "NoneType"], False)


def merges_of_two_reopens() -> int:
    """A submitted basket is given back twice at once, and takes in what was begun meanwhile; how often that is told."""
    basket, newer = services.open_basket(), services.open_basket()
    services.add(newer, make.variant(sku="CUP", price="10.00"), 2)
    Basket.objects.filter(pk=basket.pk).update(status="submitted")
    first, second, entries = threading.Event(), threading.Event(), []

    def reopen_slowly() -> None:
        with transaction.atomic():
            services.reopen(basket, newer=newer)
            first.set()
            second.wait(timeout=1)

    def reopen() -> None:
        assert first.wait(timeout=10)
        services.reopen(basket, newer=newer)
        second.set()

    subscribe(BasketMerged, entries.append, when="within", name="tests.merged")
    try:
        assert together([reopen_slowly, reopen]) == [None, None]
    finally:
        unsubscribe(BasketMerged, "tests.merged")
    assert rows(basket) == [("CUP", 2)]
    return len(entries)


def test_a_basket_that_is_given_back_twice_takes_in_another_once() -> None:
    """Who comes second finds it open, and the other one merged."""
    assert merges_of_two_reopens() == 1


def test_without_the_lock_it_would_be_merged_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: both read it as submitted, and the other one as open."""
    take_locks_away(monkeypatch)
    assert merges_of_two_reopens() == 2
