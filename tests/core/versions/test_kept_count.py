"""The count of a list is kept as long as it is true, and asked for where that can't be known."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from importlib import import_module
from typing import Any

import pytest
from django.db.models import Count, F, QuerySet
from django.db.models.expressions import RawSQL
from django.db.models.functions import Now, Random

from tradepost.catalogue.models import Product, Variant
from tradepost.core import versions
from tradepost.core.versions.kept_count import kept_count
from tradepost.customers.models import Customer
from tradepost.pricing.models import Price
from tradepost.testing import factories as make
from tradepost.testing.queries import count_queries
from tradepost.testing.races import together

pytestmark = pytest.mark.django_db
ASKED, KEPT = 1, 0


@pytest.fixture(autouse=True)
def _one_request() -> Iterator[None]:
    """Versions are read once, before anything is counted."""
    versions.forget_all()
    with versions.one_reading():
        yield


LISTS: dict[str, tuple[Callable[[], QuerySet[Any]], int]] = {
    "all": (Product.objects.all, KEPT),
    "ordered": (lambda: Product.objects.order_by("-name"), KEPT),
    "by a relation": (lambda: Product.objects.filter(variants__sku__startswith="A"), KEPT),
    "by a subquery": (lambda: Product.objects.filter(pk__in=Variant.objects.values("product")), KEPT),
    "by keys": (lambda: Product.objects.filter(pk__among=[1, 2]), KEPT),
    "by an attribute": (lambda: Product.objects.filter(attributes__a=1), KEPT),
    "by prices": (lambda: Product.objects.filter(variants__prices__amount__gt=Decimal(3)), KEPT),
    "by nothing": (Product.objects.none, KEPT),
    "by stock": (lambda: Product.objects.filter(variants__stock_levels__on_hand__gt=0), ASKED),
    "by time": (lambda: Product.objects.filter(created_at__lt=Now()), ASKED),
    "by chance": (lambda: Product.objects.annotate(r=Random()).filter(r__lt=2), ASKED),
    "by somebody's own SQL": (
        lambda: Product.objects.filter(pk__in=RawSQL(f"SELECT product_id FROM {Variant._meta.db_table}", [])),
        ASKED,
    ),
    "each once": (Product.objects.distinct, ASKED),
    "in groups": (lambda: Product.objects.values("brand").annotate(n=Count("pk")), ASKED),
    "a page": (lambda: Product.objects.all()[:1], ASKED),
    "of a table that isn't watched": (Customer.objects.all, ASKED),
}


@pytest.mark.parametrize("name", LISTS)
def test_a_count_is_kept_where_all_tables_are_watched(name: str) -> None:
    """Else it is asked for each time."""
    rows, expected = LISTS[name]
    make.variant(price="5", on_hand=2, product=make.product(attributes={"a": 1}))

    first = kept_count(rows())
    with count_queries() as seen:
        again = kept_count(rows())

    assert len(seen) == expected
    assert first == again == len(rows())


def test_of_another_database_nothing_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """A replica that is behind would be counted, and its number kept under the version of the first."""
    monkeypatch.setattr(import_module("tradepost.core.versions.kept_count"), "alias", lambda: "other")
    kept_count(Product.objects.all())

    with count_queries() as seen:
        assert kept_count(Product.objects.all()) == 0

    assert len(seen) == ASKED


def test_two_lists_never_share_a_count() -> None:
    """They differ in their values alone."""
    for brand in ("a", "a", "b"):
        make.product(brand=brand)

    assert [kept_count(Product.objects.filter(brand=brand)) for brand in "abc"] == [2, 1, 0]
    assert [kept_count(Product.objects.filter(is_published=flag)) for flag in (True, False)] == [3, 0]


def test_every_change_of_what_a_list_reads_counts() -> None:
    """Of its rows, of a relation, of prices; what it doesn't read leaves it alone."""
    variant = make.variant(price="5")
    dear = Product.objects.filter(variants__prices__amount__gt=F("variants__prices__amount") - 1)
    assert (kept_count(Product.objects.all()), kept_count(dear)) == (1, 1)

    make.product()
    assert (kept_count(Product.objects.all()), kept_count(dear)) == (2, 1)
    Price.objects.all().delete()
    with count_queries() as seen:
        assert kept_count(Product.objects.all()) == 2
    assert len(seen) == 1  # versions, anew after a change of one's own
    assert kept_count(dear) == 0
    Variant.objects.filter(pk=variant.pk).update(sku="Z")
    assert kept_count(Product.objects.filter(variants__sku="Z")) == 1


@pytest.mark.postgres
def test_values_of_json_are_told_apart() -> None:
    """The driver wraps them; two wrappers are never equal."""
    make.product(attributes={"a": 1, "text": "x" * 50})
    long = [{"text": "x" * 49 + letter} for letter in "xy"]

    assert [kept_count(Product.objects.filter(attributes__contains=part)) for part in long] == [1, 0]
    with count_queries() as seen:
        assert [kept_count(Product.objects.filter(attributes__contains=part)) for part in long] == [1, 0]
    assert len(seen) == 0


@pytest.mark.django_db(transaction=True)
def test_a_change_elsewhere_is_counted_by_the_next_request() -> None:
    """Whoever writes on another connection tells nobody here; what is kept is known to be old by its version."""
    make.product()
    assert kept_count(Product.objects.all()) == 1

    [created] = together([make.product])

    assert isinstance(created, Product)
    assert kept_count(Product.objects.all()) == 1  # this request sees what it saw
    versions.forget_read()
    assert kept_count(Product.objects.all()) == 2
