"""Keys of a page are kept as long as they are true, and no list is given another one's."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from tradepost import browse
from tradepost.browse import Criteria
from tradepost.catalogue.models import Category, Product, Tag, Variant
from tradepost.core import versions
from tradepost.core.versions import CountingPaginator
from tradepost.pricing.models import Price, PriceList
from tradepost.testing import factories as make
from tradepost.testing.queries import count_queries

pytestmark = pytest.mark.django_db
NAMES = ("Bowl", "Cup", "Mug")


@pytest.fixture(autouse=True)
def _goods() -> Iterator[None]:
    """Three products; the cup costs most."""
    make.category("Kitchen")
    for number, name in enumerate(NAMES):
        product = make.product(name=name, slug=name.lower(), attributes={"material": "clay"})
        make.variant(product=product, sku=name.upper(), price=str(10 + 5 * (name == "Cup")), on_hand=1)
        Product.objects.filter(pk=product.pk).update(created_at=timezone.now() - timedelta(days=number))
    Product.objects.get(slug="cup").tags.add(Tag.objects.create(slug="new", name="New"))
    Product.objects.get(slug="mug").categories.add(Category.objects.get())
    make.price_list("sale", priority=5, is_active=False)
    make.price(Variant.objects.get(sku="CUP"), "1.00", price_list=PriceList.objects.get(code="sale"))
    versions.forget_all()
    yield
    versions.forget_all()


LISTS = {
    "all": Criteria(),
    "by name": Criteria(ordering="name"),
    "by price": Criteria(ordering="price"),
    "dear first": Criteria(ordering="-price"),
    "category": Criteria(category="kitchen"),
    "tag": Criteria(tag="new"),
    "search": Criteria(search="mug"),
    "another search": Criteria(search="cup"),
    "least": Criteria(price_min=Decimal(11)),
    "most": Criteria(price_max=Decimal(11)),
    "in stock": Criteria(in_stock=True),
    "attribute": Criteria(attributes={"material": ["clay"]}),
    "another value": Criteria(attributes={"material": ["oak"]}),
}


def slugs(criteria: Criteria, number: int = 1, size: int = 2) -> tuple[int, list[str]]:
    """The count of a list, and a page as a request would have it."""
    with versions.one_reading():
        visitor = browse.Visitor(currency="EUR")
        page = CountingPaginator(browse.find(criteria, visitor), size, allow_empty_first_page=True).get_page(number)
        return page.paginator.count, [card.product.slug for card in browse.cards(page.object_list, visitor)]


def everything() -> dict[str, Any]:
    """Both pages of all lists."""
    return {name: [slugs(criteria, number) for number in (1, 2)] for name, criteria in LISTS.items()}


CHANGES: dict[str, Callable[[], Any]] = {
    "nothing": lambda: None,
    "name": lambda: Product.objects.filter(slug="bowl").update(name="Z mug"),
    "order": lambda: Product.objects.filter(slug="mug").update(created_at=timezone.now()),
    "price": lambda: Price.objects.filter(variant__sku="BOWL").update(amount=Decimal(30)),
    "price list": lambda: PriceList.objects.filter(code="sale").update(is_active=True),
    "category": lambda: [Product.objects.get(slug="cup").categories.add(Category.objects.get())],
    "hidden category": lambda: Category.objects.update(is_published=False),
    "tag": lambda: Product.objects.get(slug="mug").tags.add(Tag.objects.get()),
    "hidden": lambda: Product.objects.filter(slug="mug").update(is_published=False),
    "deleted": lambda: Product.objects.filter(slug="mug").delete(),
    "SKU": lambda: Variant.objects.filter(sku="CUP").update(sku="MUG-2"),
    "attribute": lambda: Product.objects.filter(slug="mug").update(attributes={"material": "oak"}),
    "one more": lambda: make.variant(price="1.00", on_hand=1),
}


@pytest.mark.parametrize("name", CHANGES)
def test_each_list_is_as_if_nothing_were_kept(name: str) -> None:
    """After any change, and none is taken for another."""
    before = everything()

    CHANGES[name]()

    kept = everything()
    fresh = {}
    for label, criteria in LISTS.items():
        versions.forget_all()
        fresh[label] = [slugs(criteria, number) for number in (1, 2)]
    assert kept == fresh
    assert (kept == before) is (name == "nothing")


def test_keys_are_kept_but_where_stock_counts() -> None:
    """Of each page by itself; a list that is narrowed further is asked for."""
    visitor = browse.Visitor(currency="EUR")
    for criteria, page, cost in (
        (LISTS["all"], 1, 3), (LISTS["all"], 2, 3), (LISTS["search"], 1, 3), (LISTS["in stock"], 1, 5),
    ):  # fmt: skip
        slugs(criteria, page)
        with count_queries() as seen:
            slugs(criteria, page)
        assert len(seen) == cost
    with versions.one_reading():
        cups = browse.find(Criteria(), visitor).filter(slug="cup")
        assert [
            card.product.slug for card in browse.cards(CountingPaginator(cups, 2).page(1).object_list, visitor)
        ] == ["cup"]


def test_a_projects_manager_is_asked_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """It may look at anything: the tenant of the request, the time."""
    from tradepost.browse import search

    slugs(Criteria())
    search._are_ours.cache_clear()
    monkeypatch.setattr(type(Product.objects.all()), "__module__", "myshop.querysets")
    try:
        with count_queries() as seen:
            slugs(Criteria())
    finally:
        monkeypatch.undo()
        search._are_ours.cache_clear()
    assert len(seen) == 4
