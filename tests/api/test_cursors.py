"""Pages by cursor: each row once, whatever comes and goes between two pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db.models import F, QuerySet, Subquery
from django.db.models.functions import Lower, Random
from django.test import Client, RequestFactory
from pytest_django.fixtures import DjangoAssertNumQueries
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request

from tradepost.api.pagination import Pagination
from tradepost.catalogue.models import Collection, Product
from tradepost.customers.services import customer_for
from tradepost.orders.models import Order
from tradepost.pricing.models import Price
from tradepost.testing import factories, placed

URL = "/api/v1/products/"
THEN = datetime(2030, 1, 1, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def shelf(number: int, **values: Any) -> list[Product]:
    """So many products that nothing but their keys tells apart in an ordering."""
    products = [factories.product(name="Mug", slug=f"mug-{index:02}", **values) for index in range(number)]
    Product.objects.update(created_at=THEN)
    return products


def walk(client: Client, url: str, between: Callable[[list[str]], Any] = lambda page: None) -> list[str]:
    """Slugs of a list from its first page to its last; ``between`` is called after each page with its slugs."""
    slugs: list[str] = []
    following: str | None = url
    while following:
        answer = client.get(following)
        assert answer.status_code == 200, answer.content
        page = [row["slug"] for row in answer.json()["results"]]
        slugs += page
        following = answer.json()["next"]
        between(page)
    return slugs


def delete_first(page: list[str]) -> None:
    """Delete the first product of a page that was just read."""
    Product.objects.filter(slug=page[0]).delete()


def rows_of(url: str, queryset: QuerySet[Any], pages: Any) -> tuple[list[Any], str | None]:
    """A page of a queryset, and the address of the next one."""
    request = Request(RequestFactory().get(url))
    rows = list(pages.paginate_queryset(queryset, request))
    return rows, pages.get_paginated_response([]).data["next"]


@pytest.mark.parametrize("ordering", ["newest", "name", "price", "-price", "best_selling"])
def test_rows_with_equal_values_are_each_met_once_though_others_are_deleted(client: Client, ordering: str) -> None:
    """Ten products of one name, time and price: what is deleted after it was read hides nothing that wasn't."""
    for product in shelf(10):
        factories.variant(product=product, price="12.50")

    slugs = walk(client, f"{URL}?pagination=cursor&page_size=3&ordering={ordering}", delete_first)

    expected = [f"mug-{index:02}" for index in range(10)]
    assert slugs == (expected[::-1] if ordering in {"newest", "best_selling"} else expected)


def test_the_frameworks_own_cursors_pass_over_rows() -> None:
    """The control: an offset among equals counts rows that are no longer there."""
    shelf(10)

    class Pages(CursorPagination):
        page_size = 3
        ordering = ("created_at",)

    slugs: list[str] = []
    url: str | None = "/"
    while url:
        page, url = rows_of(url, Product.objects.order_by("created_at", "pk"), Pages())
        slugs += [row.slug for row in page]
        delete_first([row.slug for row in page])

    assert len(slugs) < 10


def test_what_is_added_between_pages_moves_nothing(client: Client) -> None:
    """New rows before the place that was read aren't shown twice, and push none out."""
    shelf(6)
    added: Iterator[int] = iter(range(100))

    def add(page: list[str]) -> None:
        factories.product(name="Aaa", slug=f"added-{next(added)}")

    slugs = walk(client, f"{URL}?pagination=cursor&page_size=2&ordering=name", add)

    assert slugs == [f"mug-{index:02}" for index in range(6)]


def test_leads_back_the_same_way(client: Client) -> None:
    """``previous`` gives the pages in their own order, and none before the first."""
    shelf(5)
    first = client.get(f"{URL}?pagination=cursor&page_size=2&ordering=name").json()
    second = client.get(first["next"]).json()
    third = client.get(second["next"]).json()

    assert first["previous"] is None
    assert [card["slug"] for card in third["results"]] == ["mug-04"]
    assert client.get(third["previous"]).json()["results"] == second["results"]
    back = client.get(second["previous"]).json()
    assert (back["results"], back["previous"]) == (first["results"], None)
    assert client.get(back["next"]).json()["results"] == second["results"]


def test_a_page_whose_rows_are_gone_leads_back_to_all_that_are_left(client: Client) -> None:
    """The row at which the caller stood is among them."""
    shelf(4)
    first = client.get(f"{URL}?pagination=cursor&page_size=2&ordering=name").json()
    Product.objects.filter(slug__in=["mug-02", "mug-03"]).delete()

    empty = client.get(first["next"]).json()

    assert (empty["results"], empty["next"]) == ([], None)
    assert client.get(empty["previous"]).json()["results"] == first["results"]


@pytest.mark.parametrize("ordering", ["price", "-price"])
def test_products_without_a_price_stand_last(client: Client, ordering: str) -> None:
    """Each once: pages that end among the priced, between both, and among those without."""
    for product, price in zip(shelf(7), ("3", "1", "2", "2", None, None, None), strict=True):
        factories.variant(product=product, **({"price": price} if price else {}))

    slugs = walk(client, f"{URL}?pagination=cursor&page_size=2&ordering={ordering}")

    priced = [1, 2, 3, 0] if ordering == "price" else [0, 2, 3, 1]
    assert slugs == [f"mug-{index:02}" for index in (*priced, 4, 5, 6)]


def test_a_walk_in_either_direction_meets_the_same_rows() -> None:
    """For each kind of value, ways up, down and mixed, with and without nulls, by the database's habit and by order."""
    for index, product in enumerate(shelf(6)):
        archived = THEN if index % 3 == 0 else None
        Product.objects.filter(pk=product.pk).update(
            archived_at=archived, is_featured=index % 2 == 0, brand=["B", "a", ""][index % 3]
        )
        factories.variant(product=product, price=["1.10", "1.15"][index % 2])
    cheapest = Subquery(Price.objects.order_by("amount").values("amount")[:1])
    orderings: list[tuple[Any, ...]] = [
        (),
        ("pk",),
        ("-pk",),
        ("archived_at",),
        ("-archived_at", "name"),
        (F("archived_at").asc(nulls_last=True), "-name"),
        (F("archived_at").desc(nulls_first=True), "pk"),
        ("is_featured", "-brand"),
        ("-is_featured", "-brand"),
        ("brand", "created_at", "-uuid"),
        (Lower("brand").desc(), "name"),
        ("product_type__name", "-slug"),
        ("product_type_id", "id"),
        (cheapest, "-pk"),
    ]
    for ordering in orderings:
        tie = "-pk" if str(ordering[-1:])[2:3] == "-" else "pk"
        for rows, total in (
            (Product.objects.order_by(*ordering), Product.objects.order_by(*ordering, tie)),
            (Product.objects.order_by(*ordering).reverse(), Product.objects.order_by(*ordering, tie).reverse()),
        ):
            check_walk(rows, [row.pk for row in total])


def check_walk(rows: QuerySet[Any], expected: list[int]) -> None:
    """Pages of two forth, and all of them back again."""
    pages: list[list[int]] = []
    following: str | None = "/?pagination=cursor&page_size=2"
    while following:
        page, following = rows_of(following, rows, last := Pagination())
        pages.append([row.pk for row in page])
    assert [key for page in pages for key in page] == expected, str(rows.query)
    back = last.get_paginated_response([]).data["previous"]
    for page_before in pages[-2::-1]:
        assert back is not None
        page, _next = rows_of(back, rows, before := Pagination())
        assert [row.pk for row in page] == page_before, str(rows.query)
        back = before.get_paginated_response([]).data["previous"]
    assert back is None


@pytest.mark.parametrize(
    ("ordering", "name"),
    [("?", "?"), (Random(), "?"), ("product_type", "product_type"), ("metadata", "metadata")],
    ids=["by chance", "an expression of it", "a relation", "JSON"],
)
def test_an_ordering_without_cursors_is_refused_by_its_name(ordering: Any, name: str) -> None:
    """A value that can't be compared can't stand in a cursor."""
    with pytest.raises(ValidationError) as refusal:
        rows_of("/?pagination=cursor", Product.objects.order_by(ordering), Pagination())

    assert list(refusal.value.detail) == ["pagination"]
    assert f"“{name}”" in str(refusal.value.detail["pagination"])


OTHER_LISTS = {
    "another ordering": f"{URL}?pagination=cursor&ordering=-price&cursor={{}}",
    "another filter": f"{URL}?pagination=cursor&ordering=name&search=mug&cursor={{}}",
    "another list": "/api/v1/collections/?pagination=cursor&cursor={}",
}


@pytest.mark.parametrize("url", OTHER_LISTS.values(), ids=OTHER_LISTS)
def test_a_cursor_of_another_list_is_refused(client: Client, url: str) -> None:
    """So nobody walks through one list from a place in another."""
    shelf(3)
    following = client.get(f"{URL}?pagination=cursor&page_size=2&ordering=name").json()["next"]
    cursor = following.partition("cursor=")[2].partition("&")[0]
    assert client.get(f"{URL}?pagination=cursor&ordering=name&page_size=1&cursor={cursor}").status_code == 200

    answer = client.get(url.format(cursor))

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["attr"].startswith("cursor")
    assert "Follow its links" in answer.json()["errors"][0]["detail"]


@pytest.mark.parametrize(
    "text",
    [
        "x",
        ".",
        "W10.x",
        "cD0yMDMwLTAxLTAxKzAwJTNBMDAlM0EwMA==",
        "bz0xJnA9TXVn",
        "é",
        "a:b.c:d",
        "9" * 5000,
        "WzAsMCxbMV1d.",
    ],
    ids=[
        "a letter",
        "a point",
        "no signature",
        "an old one",
        "an old one with offset",
        "é",
        "colons",
        "long",
        "forged",
    ],
)
def test_a_cursor_that_is_not_ours_is_refused(client: Client, text: str) -> None:
    """Cursors of earlier releases, too."""
    answer = client.get(URL, {"pagination": "cursor", "cursor": text})

    assert (answer.status_code, answer.json()["type"]) == (400, "validation_error")
    assert answer.json()["errors"][0]["attr"].startswith("cursor")


def test_orders_and_collections_have_cursors(signed_in: Client) -> None:
    """Orders of one moment are told apart by their keys."""
    customer = customer_for(get_user_model().objects.get())
    for _index in range(5):
        created = placed.order(placed.line_row("10.00"), reserve=False)
        Order.objects.filter(pk=created.pk).update(customer=customer.pk, placed_at=THEN)
    for index in range(3):
        Collection.objects.create(name="Summer", slug=f"summer-{index}")
    numbers: list[str] = []
    url: str | None = "/api/v1/orders/?pagination=cursor&page_size=2"
    while url:
        body = signed_in.get(url).json()
        numbers += [row["number"] for row in body["results"]]
        url = body["next"]

    assert numbers == list(Order.objects.order_by("-pk").values_list("number", flat=True))
    slugs = walk(signed_in, "/api/v1/collections/?pagination=cursor&page_size=1")
    assert slugs == ["summer-0", "summer-1", "summer-2"]


def test_amounts_are_compared_as_amounts() -> None:
    """Not as texts, and to the last digit."""
    for amount in ("9.10", "10.00", "10.00", "100.00", "9.10"):
        placed.order(placed.line_row(amount), reserve=False)
    totals: list[Decimal] = []
    following: str | None = "/?pagination=cursor&page_size=1"
    while following:
        page, following = rows_of(following, Order.objects.order_by("total"), Pagination())
        totals += [row.total for row in page]

    assert totals == sorted(totals)
    assert len(totals) == 5


@pytest.mark.parametrize("number", [1, 50])
def test_a_page_costs_the_same_for_any_number(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, number: int
) -> None:
    """Versions, rows, facts, prices."""
    for product in shelf(number):
        factories.variant(product=product, price="1.00")
    url = f"{URL}?pagination=cursor&page_size=100&ordering=price"
    client.get(url)

    with django_assert_num_queries(4):
        assert len(client.get(url).json()["results"]) == number
