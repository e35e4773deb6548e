"""Lists as connections, by the API's keyset cursors."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tradepost.catalogue.models import Product
from tradepost.testing import factories

from .conftest import Ask

pytestmark = pytest.mark.django_db

PAGE = """
query ($first: Int, $after: String, $last: Int, $before: String) {
  products(first: $first, after: $after, last: $last, before: $before, ordering: "name") {
    nodes { slug }
    edges { cursor node { slug } }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    totalCount
  }
}
"""


@pytest.fixture
def cups() -> None:
    """Seven cups, two of them of one name."""
    for name, slug in zip("abccdef", "abcxdef", strict=True):
        product = factories.product(name=name, slug=slug)
        factories.variant(product=product, sku=slug, price="1.00", on_hand=1)


def walk(ask: Ask, size: str, place: str, edge: str, more: str) -> list[str]:
    """Slugs of all pages in one direction."""
    slugs: list[str] = []
    cursor = None
    while True:
        page = ask(PAGE, **{size: 3, place: cursor})["products"]
        batch = [row["slug"] for row in page["nodes"]]
        slugs = [*slugs, *batch] if size == "first" else [*batch, *slugs]
        assert len(slugs) < 20
        if not page["pageInfo"][more]:
            return slugs
        cursor = page["pageInfo"][edge]


@pytest.mark.usefixtures("cups")
def test_each_row_is_met_once_in_both_directions(ask: Ask) -> None:
    """Also among equals."""
    forwards = walk(ask, "first", "after", "endCursor", "hasNextPage")
    backwards = walk(ask, "last", "before", "startCursor", "hasPreviousPage")

    assert forwards == backwards == ["a", "b", "c", "x", "d", "e", "f"]


@pytest.mark.usefixtures("cups")
def test_a_page_begins_behind_any_row(ask: Ask) -> None:
    """Each edge has its cursor, and the count is that of all pages."""
    page = ask(PAGE, first=3)["products"]
    behind = ask(PAGE, first=2, after=page["edges"][0]["cursor"])["products"]
    before = ask(PAGE, last=1, before=page["edges"][1]["cursor"])["products"]

    assert [edge["node"]["slug"] for edge in page["edges"]] == ["a", "b", "c"]
    assert page["totalCount"] == 7
    assert [row["slug"] for row in behind["nodes"]] == ["b", "c"]
    assert [row["slug"] for row in before["nodes"]] == ["a"]
    assert behind["pageInfo"]["hasPreviousPage"] is True
    assert before["pageInfo"] == {
        "hasNextPage": True,
        "hasPreviousPage": False,
        "startCursor": page["edges"][0]["cursor"],
        "endCursor": page["edges"][0]["cursor"],
    }


@pytest.mark.usefixtures("cups")
def test_a_cursor_is_that_of_the_api(ask: Ask, client: Client) -> None:
    """One leads on where the other began."""
    cursor = ask(PAGE, first=2)["products"]["pageInfo"]["endCursor"]

    body = client.get("/api/v1/products/", {"ordering": "name", "page_size": 2, "cursor": cursor}).json()

    assert [row["slug"] for row in body["results"]] == ["c", "x"]


@pytest.mark.usefixtures("cups")
@pytest.mark.parametrize(
    "arguments", [{"after": "x"}, {"first": 1, "last": 1}, {"first": 0}, {"last": -1}, {"before": "a.b"}], ids=str
)
def test_pages_that_are_none_are_refused(ask: Ask, arguments: dict[str, Any]) -> None:
    """With 400."""
    body = ask(PAGE, whole=True, **arguments)

    assert body["errors"][0]["extensions"]["status"] == 400


@pytest.mark.usefixtures("cups")
def test_hidden_products_stay_hidden_in_every_list(ask: Ask) -> None:
    """At the top, below a category, and behind a line."""
    category = factories.category("Cups", slug="cups")
    hidden = factories.category("Secret", slug="secret", is_published=False)
    for product in Product.objects.all():
        product.categories.set([category, hidden])
    Product.objects.filter(slug="a").update(is_published=False)
    text = """
      {
        products { nodes { slug categories { slug } } }
        category(slug: "cups") { productCards(first: 50) { slug categories { productCards { slug } } } }
        secret: category(slug: "secret") { name }
      }
    """

    body = ask(text, whole=True)

    assert "'a'" not in str(body)
    assert "'secret', 'name'" not in str(body["data"])
    assert len(body["data"]["products"]["nodes"]) == len(body["data"]["category"]["productCards"]) == 6
    assert {row["slug"] for row in body["data"]["products"]["nodes"][0]["categories"]} == {"cups"}
    assert body["data"]["secret"] is None


@pytest.mark.usefixtures("cups")
def test_a_link_gives_as_many_as_are_asked_for(ask: Ask) -> None:
    """The newest, of the category and those below it, each once."""
    top = factories.category("Top", slug="top")
    low = factories.category("Low", slug="low", parent=top)
    for product in Product.objects.all():
        product.categories.set([top, low])

    data = ask('{ category(slug: "top") { two: productCards(first: 2) { slug } all: productCards { slug } } }')

    assert [row["slug"] for row in data["category"]["two"]] == ["f", "e"]
    assert [row["slug"] for row in data["category"]["all"]] == ["f", "e", "d", "x", "c", "b", "a"]


@pytest.mark.usefixtures("cups")
def test_facets_and_attributes_narrow_a_list(ask: Ask) -> None:
    """As in the API; unknown ones are refused by name."""
    body = ask(
        '{ products(attributes: [{code: "colour", values: ["red"]}]) { nodes { slug } facets { code } } }', whole=True
    )

    assert body["errors"][0]["extensions"]["errors"][0]["attr"] == "attr.colour"
