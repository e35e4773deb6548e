"""Best sellers: units sold lately, on each product as one number."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F

from tradepost import browse
from tradepost.catalogue.models import Product, Variant
from tradepost.core import versions
from tradepost.core.actors import SYSTEM
from tradepost.core.dates import clock
from tradepost.core.jobs import run
from tradepost.orders import services
from tradepost.orders.models import Order, OrderLine
from tradepost.testing import factories, placed
from tradepost.testing.queries import count_queries

pytestmark = pytest.mark.django_db
JOB = "tradepost.orders.best_sellers"


@pytest.fixture
def mug() -> Variant:
    """With stock."""
    return factories.variant(product=factories.product(name="Mug", slug="mug"), price="10.00", on_hand=1000)


@pytest.fixture
def cup() -> Variant:
    """Another one."""
    return factories.variant(product=factories.product(name="Cup", slug="cup"), price="5.00", on_hand=1000)


def sell(variant: Variant, quantity: int, *, days: int = 0) -> Order:
    """A paid order, so many days ago."""
    order = placed.pay(placed.order(placed.line_row("10.00", quantity, variant=variant)))
    Order.objects.filter(pk=order.pk).update(placed_at=clock.now() - timedelta(days=days))
    return order


def numbers() -> dict[str, int]:
    """By slug."""
    return dict(Product.objects.values_list("slug", "popularity"))


@pytest.mark.parametrize(("days", "number"), [(0, 12), (29, 12), (31, 6), (59, 6), (61, 3), (119, 3), (121, 0)])
def test_units_count_less_the_longer_ago_they_were_sold(mug: Variant, cup: Variant, days: int, number: int) -> None:
    """Four times, twice, once, and not at all."""
    sell(mug, 3, days=days)

    assert run(JOB) == bool(number)
    assert numbers() == {"mug": number, "cup": 0}


def test_only_what_was_sold_and_stayed_counts(mug: Variant, cup: Variant) -> None:
    """Neither what nobody paid, nor what was cancelled in whole or in part, nor what came back."""
    placed.order(placed.line_row("10.00", 7, variant=mug))
    services.apply(sell(mug, 5), "cancel", by=SYSTEM)
    part = sell(cup, 4)
    services.cancel_units(part, {part.lines.get().pk: 1}, by=SYSTEM)
    OrderLine.objects.filter(order=part).update(shipped_quantity=3, delivered_quantity=3, returned_quantity=1)

    run(JOB)

    assert numbers() == {"mug": 0, "cup": 8}


def test_variants_of_a_product_count_together_and_a_deleted_one_no_more(mug: Variant) -> None:
    """An order keeps its line without it."""
    large = factories.variant(product=mug.product, price="12.00", on_hand=10)
    sell(mug, 2)
    sell(large, 1)
    run(JOB)
    assert numbers() == {"mug": 12}

    OrderLine.objects.filter(variant=large).update(variant=None)

    assert (run(JOB), numbers()) == (1, {"mug": 8})


def test_counting_again_writes_nothing_and_what_is_wrong_is_mended(mug: Variant, cup: Variant) -> None:
    """So two at once do no harm, and nothing can drift."""
    sell(mug, 1)
    assert [run(JOB) for _ in range(2)] == [1, 0]
    Product.objects.update(popularity=99)

    assert (run(JOB), numbers()) == (2, {"mug": 4, "cup": 0})


def test_neither_version_nor_time_of_the_last_change_moves(mug: Variant) -> None:
    """Nobody has edited the product."""
    sell(mug, 1)
    before = Product.objects.values_list("version", "updated_at").get()

    run(JOB)

    assert Product.objects.values_list("version", "updated_at").get() == before


@pytest.mark.parametrize("number", [1, 50])
def test_it_costs_the_same_for_any_number(number: int) -> None:
    """Sums, what is there, a lock, a write, and its token for what is kept."""
    for _ in range(number):
        sell(factories.variant(product=factories.product(), price="1.00", on_hand=5), 1)
    versions.read_versions()  # else the token of these products would do for the job, in one transaction as they are here

    with count_queries() as seen:
        assert services.count_best_sellers() == number

    assert len(seen) == 5


def test_lists_are_sorted_by_it(mug: Variant, cup: Variant) -> None:
    """The newest first among equals."""
    factories.variant(product=factories.product(slug="plate"), price="1.00")
    sell(mug, 1)
    run(JOB)

    visitor = browse.Visitor(currency="EUR")
    criteria: Any = browse.Criteria(ordering="best_selling")
    assert [row.slug for row in browse.find(criteria, visitor)] == ["mug", "plate", "cup"]
    Product.objects.filter(slug="cup").update(popularity=F("popularity") + 50)
    assert [row.slug for row in browse.find(criteria, visitor)] == ["cup", "mug", "plate"]
