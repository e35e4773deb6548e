"""Hints know what is left in stock of the goods that they ask for."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tradepost.basket import services as baskets
from tradepost.basket.base import AbstractBasket
from tradepost.inventory.models import StockLevel
from tradepost.promotions.models import CheapestFree, FreeGift, MinimumValue
from tradepost.testing import factories as make

pytestmark = pytest.mark.django_db


def basket(price: str = "40.00") -> AbstractBasket:
    """With something in it."""
    result = baskets.open_basket()
    baskets.add(result, make.variant(price=price, on_hand=5))
    return result


def hints(basket: AbstractBasket) -> list[str]:
    """Codes of what is hinted."""
    return [hint.code for hint in baskets.totals(basket).hints]


def gift_of(**goods: Any) -> Any:
    """A gift from 50.00 on."""
    promotion = make.promotion("gift")
    FreeGift.objects.create(promotion=promotion, **goods)
    MinimumValue.objects.create(promotion=promotion, amount=50, currency="EUR")
    return promotion


def test_a_gift_that_is_sold_out_is_not_promised() -> None:
    """Reserved units are gone; another variant of the product, or backorders, will do."""
    bag = make.variant(price="5.00", on_hand=1)
    gift_of(products=[bag.product.slug])
    mine = basket()
    assert hints(mine) == ["spend_more"]

    StockLevel.objects.filter(variant=bag).update(reserved=1)
    assert hints(mine) == []

    StockLevel.objects.filter(variant=bag).update(backorder_limit=1)
    assert hints(mine) == ["spend_more"]


def test_a_gift_of_a_category_is_promised_while_anything_of_it_is_left() -> None:
    """And one that isn't published, or is archived, isn't there."""
    bags = make.category("Bags")
    bag = make.variant(price="5.00", on_hand=1)
    bag.product.categories.add(bags)
    gift_of(categories=["bags"])
    mine = basket()
    assert hints(mine) == ["spend_more"]

    bag.product.is_published = False
    bag.product.save()

    assert hints(mine) == []


def test_what_is_not_counted_is_always_there() -> None:
    """A gift whose stock nobody counts."""
    bag = make.variant(price="5.00", track_stock=False)
    gift_of(products=[bag.product.slug])

    assert hints(basket()) == ["spend_more"]


def test_no_more_units_are_asked_for_than_there_are() -> None:
    """Two in the basket, none left for "the third one free"."""
    mug = make.variant(price="5.00", on_hand=3)
    CheapestFree.objects.create(promotion=make.promotion("three"), quantity=3, products=[mug.product.slug])
    mine = baskets.open_basket()
    baskets.add(mine, mug, 2)
    assert hints(mine) == ["add_more"]

    StockLevel.objects.filter(variant=mug).update(on_hand=2)

    assert hints(mine) == []


def test_it_costs_no_query() -> None:
    """Five, with it or without."""
    mine = basket()
    baskets.totals(mine)

    def count() -> int:
        with CaptureQueriesContext(connection) as seen:
            baskets.totals(mine)
        return len(seen.captured_queries)

    bag = make.variant(price="5.00", on_hand=1)
    gift_of()
    without = count()
    FreeGift.objects.update(products=[bag.product.slug])

    assert count() == without
    assert Decimal(40) == baskets.totals(mine).total
