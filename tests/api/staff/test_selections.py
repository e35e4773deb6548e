"""Staff keep the tree of categories and the collections by the API."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tradepost.api.views.staff.base import StaffViewSet
from tradepost.catalogue.models import Category, Collection
from tradepost.promotions.models import PercentageOff
from tradepost.testing import factories

from .conftest import Goods, errors

pytestmark = pytest.mark.django_db


def tree(goods: Goods) -> list[tuple[str, str | None, int]]:
    """Slug, the one above, and depth of each category in the tree's order."""
    rows = goods("get", "categories/").json()["results"]
    return [(row["slug"], row["parent"], row["depth"]) for row in rows]


def add(goods: Goods, name: str, parent: str | None = None) -> Any:
    """A category."""
    return goods("post", "categories/", {"slug": name.lower(), "name": name, "parent": parent})


def test_categories_are_made_renamed_moved_and_deleted(goods: Goods) -> None:
    """Siblings are in the order of their names; what is below goes along."""
    for name, parent in [("Wool", None), ("Art", None), ("Socks", "wool"), ("Hats", "wool"), ("Caps", "hats")]:
        assert add(goods, name, parent).status_code == 201
    first = tree(goods)
    moved = goods("patch", "categories/hats/", {"parent": None})
    renamed = goods("patch", "categories/wool/", {"name": "Alpaca", "is_published": False})
    after = tree(goods)
    deleted = goods("delete", "categories/socks/")
    last = tree(goods)

    assert first == [
        ("art", None, 1),
        ("wool", None, 1),
        ("hats", "wool", 2),
        ("caps", "hats", 3),
        ("socks", "wool", 2),
    ]
    assert (moved.json()["parent"], moved.json()["depth"]) == (None, 1)
    assert (renamed.json()["name"], renamed.json()["is_published"]) == ("Alpaca", False)
    assert after == [("wool", None, 1), ("socks", "wool", 2), ("art", None, 1), ("hats", None, 1), ("caps", "hats", 2)]
    assert deleted.status_code == 204
    assert last == [row for row in after if row[0] != "socks"]
    assert Category.objects.find_problems() == ([], [], [], [], [])


def test_what_would_break_the_tree_is_refused(goods: Goods) -> None:
    """Nothing has changed."""
    add(goods, "Wool")
    add(goods, "Hats", "wool")
    before = tree(goods)

    assert errors(goods("patch", "categories/wool/", {"parent": "hats"})) == [(409, ""), ("conflict", None)]
    assert errors(goods("patch", "categories/wool/", {"parent": "wool"})) == [(409, ""), ("conflict", None)]
    assert errors(goods("patch", "categories/hats/", {"parent": "moon"})) == [(400, ""), ("invalid", "parent")]
    assert errors(goods("delete", "categories/wool/")) == [(409, ""), ("in_use", None)]
    assert errors(add(goods, "Hats")) == [(400, ""), ("unique", "slug")]
    assert errors(add(goods, "Caps", "moon")) == [(400, ""), ("invalid", "parent")]
    assert tree(goods) == before


def test_a_tree_is_no_deeper_than_its_paths_can_say(goods: Goods) -> None:
    """Neither by a new category nor by one that is moved with all below it; nothing has changed."""
    rows = [factories.category("C0", slug="c0")]
    for depth in range(1, 63):
        rows.append(factories.category(f"C{depth}", slug=f"c{depth}", parent=rows[-1]))
    factories.category("Low", slug="low", parent=factories.category("Top", slug="top"))
    before = tree(goods)

    assert errors(add(goods, "Deep", "c62")) == [(400, ""), ("invalid", "parent")]
    assert errors(goods("patch", "categories/top/", {"parent": "c61"})) == [(400, ""), ("invalid", "parent")]
    assert tree(goods) == before

    assert goods("patch", "categories/top/", {"parent": "c60"}).json()["depth"] == 62
    assert (Category.objects.get(slug="low").depth, Category.objects.find_problems()) == (63, ([], [], [], [], []))


@pytest.mark.parametrize(("path", "model"), [("categories/cups/", Category), ("collections/gifts/", Collection)])
@pytest.mark.parametrize("method", ["patch", "delete"])
def test_a_row_that_somebody_else_deletes_at_the_same_moment(
    goods: Goods, monkeypatch: pytest.MonkeyPatch, path: str, model: Any, method: str
) -> None:
    """It isn't there, as for who asks a moment later."""
    factories.category("Cups", slug="cups")
    Collection.objects.create(slug="gifts", name="Gifts")
    row = StaffViewSet.row

    def row_deleted_since(view: StaffViewSet) -> Any:
        found_row = row(view)
        model.objects.filter(pk=found_row.pk).delete()
        return found_row

    monkeypatch.setattr(StaffViewSet, "row", row_deleted_since)
    assert errors(goods(method, path, {"name": "Else"})) == [(404, ""), ("not_found", None)]


def test_collections_are_made_by_hand_and_by_rule(goods: Goods) -> None:
    """Products that are given replace those that were there."""
    for slug in ("mug", "cup"):
        factories.product(slug=slug)
    created = goods("post", "collections/", {"slug": "gifts", "name": "Gifts", "products": ["mug"]})
    changed = goods("patch", "collections/gifts/", {"products": ["cup"], "position": 3})
    ruled = goods("patch", "collections/gifts/", {"rule": {"tags": ["new"]}})
    wrong = goods("patch", "collections/gifts/", {"rule": {"colour": "red"}})
    absent = goods("patch", "collections/gifts/", {"products": ["none"]})
    deleted = goods("delete", "collections/gifts/")

    assert (created.status_code, created.json()["products"]) == (201, ["mug"])
    assert (changed.json()["products"], changed.json()["position"]) == (["cup"], 3)
    assert ruled.json()["rule"] == {"tags": ["new"]}
    assert errors(wrong) == [(400, ""), ("invalid", "rule")]
    assert (errors(absent), absent.json()["context"]) == ([(400, ""), ("invalid", "products")], {"unknown": ["none"]})
    assert (deleted.status_code, Collection.objects.exists()) == (204, False)


def test_a_collection_that_promotions_name_is_not_deleted(goods: Goods) -> None:
    """Nothing has changed, and the answer says what needs it."""
    gifts = Collection.objects.create(slug="gifts", name="Gifts")
    PercentageOff.objects.create(promotion=factories.promotion(), percent=10, collection=gifts)

    refused = goods("delete", "collections/gifts/")

    assert (errors(refused), refused.json()["context"]) == (
        [(409, ""), ("in_use", None)],
        {"by": "benefits", "count": 1},
    )
    assert Collection.objects.exists()


def test_lists_cost_the_same_for_one_and_for_fifty(goods: Goods) -> None:
    """Categories with those above, collections with their products."""
    costs: dict[str, list[int]] = {"categories/": [], "collections/": []}
    for path in costs:
        goods("get", path)
    for number in (1, 49):
        for step in range(number):
            factories.category(parent=Category.objects.first())
            row = Collection.objects.create(slug=f"c-{number}-{step}", name=str(step))
            row.products.add(factories.product())
        for path, queries in costs.items():
            with CaptureQueriesContext(connection) as captured:
                assert goods("get", f"{path}?page_size=100").json()["count"] == (1 if number == 1 else 50)
            queries.append(len(captured))

    assert [len(set(queries)) for queries in costs.values()] == [1, 1], costs
