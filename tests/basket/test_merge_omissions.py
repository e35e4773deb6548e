"""Whatever puts lines into a basket passes the checks of adding them, or says what it left out."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from tradepost.basket import services
from tradepost.basket.base import AbstractBasket
from tradepost.basket.checks import check_basket
from tradepost.basket.errors import TooManyLines
from tradepost.basket.models import Basket, BasketLine
from tradepost.catalogue.models import Variant
from tradepost.testing import factories as make
from tradepost.testing.races import together


def told(basket: AbstractBasket) -> list[tuple[str, str, int, str]]:
    """The omissions that were reported."""
    return [(entry.code, entry.sku, entry.quantity, entry.coupon) for entry in basket.left_out]


def units(basket: AbstractBasket) -> dict[str, int]:
    """By SKU."""
    return dict(basket.lines.values_list("variant__sku", "quantity"))


def two(*, currency: str = "EUR") -> tuple[AbstractBasket, AbstractBasket]:
    """A guest's, and a customer's own."""
    return services.open_basket(), services.open_basket(customer=make.customer(), currency=currency)


@pytest.mark.django_db
def test_six_hundred_and_six_hundred_are_not_silently_999() -> None:
    """201 are left out, and it is said."""
    mug = make.variant(price="1.00", sku="MUG")
    guests, own = two()
    for basket in (guests, own):
        services.add(basket, mug, 600)

    merged = services.merge(guests, own)

    assert units(merged) == {"MUG": 999}
    assert told(merged) == [("quantity_limit", "MUG", 201, "")]
    assert "201 left out" in str(merged.left_out[0].message)


@pytest.mark.django_db
def test_what_is_not_sold_or_has_no_price_here_stays_behind(settings: Any) -> None:
    """Archived meanwhile; no price in dollars. What was in the customer's own basket stays in it."""
    settings.TRADEPOST_PRICING = {"CURRENCIES": ("EUR", "USD")}
    gone, euros, both = (make.variant(price="1.00", sku=sku) for sku in ("GONE", "EUROS", "BOTH"))
    dollars = make.price_list("usd", currency="USD")
    for variant in (gone, both):
        make.price(variant, "1.20", price_list=dollars)
    guests, own = two(currency="USD")
    services.add(own, gone, 1)
    for variant in (gone, euros, both):
        services.add(guests, variant, 2)
    product = gone.product
    product.is_published = False
    product.save()

    merged = services.merge(guests, own)

    assert units(merged) == {"GONE": 1, "BOTH": 2}
    assert sorted(told(merged)) == [("no_price", "EUROS", 2, ""), ("not_sellable", "GONE", 2, "")]
    assert Basket.objects.get(pk=guests.pk).status == "merged"
    assert BasketLine.objects.count() == 2


@pytest.mark.django_db
def test_lines_and_codes_beyond_the_most_are_named(settings: Any) -> None:
    """Two lines and one code may be in it; a line that is in it already may grow."""
    settings.TRADEPOST_BASKET = {"MAX_LINES": 2, "MAX_COUPONS": 1}
    a, b, c = (make.variant(price="1.00", sku=sku) for sku in "ABC")
    guests, own = two()
    services.add(own, a)
    for variant in (b, a):
        services.add(guests, variant)
    services.add(own, c)
    for basket, code in ((guests, "GUESTS"), (own, "OWN")):
        make.promotion(code.lower(), coupon=code)
        Basket.objects.filter(pk=basket.pk).update(coupon_codes=[code])

    merged = services.merge(guests, own)

    assert (units(merged), merged.coupon_codes) == ({"A": 2, "C": 1}, ["OWN"])
    assert told(merged) == [("too_many_lines", "B", 1, ""), ("too_many_coupons", "", 0, "GUESTS")]


@pytest.mark.django_db
def test_a_basket_that_is_given_back_takes_in_the_newer_one_by_the_same_checks() -> None:
    """600 were ordered, 600 begun since."""
    mug = make.variant(price="1.00", sku="MUG")
    ordered = services.open_basket(customer=make.customer())
    services.add(ordered, mug, 600)
    Basket.objects.filter(pk=ordered.pk).update(status="submitted", open_key=None)
    newer = services.open_basket(customer=ordered.customer)
    services.add(newer, mug, 600)

    again = services.reopen(Basket.objects.get(pk=ordered.pk))

    assert (units(again), told(again)) == ({"MUG": 999}, [("quantity_limit", "MUG", 201, "")])


@pytest.mark.django_db
def test_nothing_is_told_where_all_came_along() -> None:
    """Adding up within the limits."""
    mug = make.variant(price="1.00", sku="MUG")
    guests, own = two()
    for basket in (guests, own):
        services.add(basket, mug, 2)

    merged = services.merge(guests, own)

    assert (units(merged), told(merged)) == ({"MUG": 4}, [])


@pytest.mark.django_db
def test_more_lines_than_a_basket_may_have_are_refused_at_both_doors(settings: Any) -> None:
    """With a code and the limit; more units of a line that is there are none. Nothing was changed."""
    settings.TRADEPOST_BASKET = {"MAX_LINES": 1}
    a, b = (make.variant(price="1.00", sku=sku, on_hand=9) for sku in "AB")
    guest, visitor = Client(), Client()
    body = guest.post("/api/v1/baskets/", content_type="application/json").json()
    address = f"/api/v1/baskets/{body['uuid']}/lines/"

    def add(sku: str) -> Any:
        return guest.post(address, {"variant": sku, "quantity": 1}, content_type="application/json")

    assert [add("A").status_code, add("A").status_code] == [201, 201]
    refused = add("B")
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (409, "too_many_lines")
    visitor.post("/basket/add/", {"sku": a.sku, "quantity": 1})
    page = visitor.post("/basket/add/", {"sku": b.sku, "quantity": 1})
    assert (page.status_code, "A basket holds at most 1 different items" in page.content.decode()) == (409, True)
    assert sorted(BasketLine.objects.values_list("variant__sku", "quantity")) == [("A", 1), ("A", 2)]


def test_a_limit_of_nothing_is_told(settings: Any) -> None:
    """Nothing could be put into a basket."""
    settings.TRADEPOST_BASKET = {"MAX_LINES": 0}

    assert [(error.id, "MAX_LINES" in error.msg) for error in check_basket()] == [("tradepost.E400", True)]


def _filled(settings: Any) -> tuple[AbstractBasket, list[Variant]]:
    settings.TRADEPOST_BASKET = {"MAX_LINES": 2}
    basket = services.open_basket()
    services.add(basket, make.variant(price="1.00"))
    return basket, [make.variant(price="1.00") for _ in range(3)]


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_of_three_who_add_the_last_line_at_once_one_does(settings: Any) -> None:
    """The others are refused."""
    basket, variants = _filled(settings)

    results = together([lambda variant=variant: services.add(basket, variant) for variant in variants])

    assert sorted(type(result).__name__ for result in results if isinstance(result, Exception)) == ["TooManyLines"] * 2
    assert basket.lines.count() == 2


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_without_the_lock_all_three_do(settings: Any) -> None:
    """The control: all have counted before one has added."""
    basket, variants = _filled(settings)
    counted = threading.Barrier(3)

    def add(variant: Variant) -> None:
        with transaction.atomic():
            if basket.lines.count() >= 2:
                raise TooManyLines("")
            counted.wait(timeout=10)
            BasketLine.objects.create(basket_id=basket.pk, variant=variant)

    together([lambda variant=variant: add(variant) for variant in variants])

    assert basket.lines.count() == 4
