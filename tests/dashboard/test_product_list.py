"""The list of products: what is seen at a glance, filters, search, several at once."""

from __future__ import annotations

import csv
from typing import Any

import pytest

from tradepost.catalogue.models import Product, Tag
from tradepost.dashboard.registry import dashboard
from tradepost.testing import factories as make
from tradepost.testing.queries import count_queries

from .conftest import Desk

pytestmark = pytest.mark.django_db


@pytest.fixture
def goods(shop: None) -> tuple[Any, Any, Any]:
    """A mug that sells, a bowl that is sold out, and a vase that nobody has finished."""
    mug = make.variant(sku="MUG", barcode="4006381333931", price="10.00", on_hand=5).product
    bowl = make.variant(sku="BOWL", price="8.00", on_hand=0).product
    vase = make.product(name="Vase", is_published=False)
    for product, name in ((mug, "Mug"), (bowl, "Bowl")):
        Product.objects.filter(pk=product.pk).update(name=name, brand="Kiln")
    return mug, bowl, vase


def names(desk: Desk, **query: Any) -> list[str]:
    """Of the products on the list."""
    desk.get("products/", **query)
    assert desk.page.status_code == 200
    return [row.name for row, _url, _cells in desk.page.context["lines"]]


def test_the_newest_is_first_with_stock_price_and_what_is_wrong(boss: Desk, goods: Any) -> None:
    """Each in words."""
    assert names(boss) == ["Vase", "Bowl", "Mug"]
    assert "€10.00" in boss.text
    assert "No: Hidden" in boss.text
    assert "No: Sold out" in boss.text
    assert f'href="/dashboard/products/{goods[0].uuid}/"' in boss.page.content.decode()


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"view": "visible"}, ["Bowl", "Mug"]),
        ({"view": "hidden"}, ["Vase"]),
        ({"view": "out"}, ["Bowl"]),
        ({"view": "low"}, []),
        ({"view": "no-price"}, ["Vase"]),
        ({"view": "no-picture"}, ["Vase", "Bowl", "Mug"]),
        ({"view": "archived"}, []),
        ({"stock": "in"}, ["Mug"]),
        ({"priced": "yes"}, ["Bowl", "Mug"]),
        ({"pictured": "yes"}, []),
        ({"least": "9"}, ["Mug"]),
        ({"most": "9"}, ["Bowl"]),
        ({"type": "goods"}, ["Vase", "Bowl", "Mug"]),
        ({"tag": "nothing"}, []),
        ({"brand": "kil"}, ["Bowl", "Mug"]),
        ({"q": "4006381333931"}, ["Mug"]),
        ({"q": "bow"}, ["Bowl"]),
        ({"q": "kiln mug"}, ["Mug"]),
        ({"q": "nothing"}, []),
        ({"order": "product"}, ["Bowl", "Mug", "Vase"]),
        ({"state": "nonsense"}, ["Vase", "Bowl", "Mug"]),
        ({"least": "1e3"}, ["Vase", "Bowl", "Mug"]),
        ({"category": "nonsense"}, ["Vase", "Bowl", "Mug"]),
        ({"tag": "\x00"}, ["Vase", "Bowl", "Mug"]),
    ],
)
def test_the_address_chooses(boss: Desk, goods: Any, query: dict[str, Any], expected: list[str]) -> None:
    """Views, filters, words, an order; what isn't one chooses nothing."""
    assert names(boss, **query) == expected


def test_groups_are_filters(boss: Desk, goods: Any) -> None:
    """A category with all below it, a tag, a collection by hand."""
    mug, _bowl, _vase = goods
    top = make.category("Kitchen")
    below = make.category("Cups", parent=top)
    mug.categories.add(below)
    mug.tags.add(Tag.objects.create(slug="sale", name="Sale"))

    assert names(boss, category="kitchen") == ["Mug"]
    assert names(boss, tag="sale") == ["Mug"]
    assert "Cups" in boss.get("products/", columns=["product", "categories"]).content.decode()


def test_csv_has_what_is_shown(boss: Desk, goods: Any) -> None:
    """Plain numbers, and words without marks."""
    answer: Any = boss.client.get("/dashboard/products/?format=csv&view=visible")
    rows = list(csv.reader(b"".join(answer.streaming_content).decode().splitlines()))

    assert rows[0] == ["Product", "Status", "Stock", "Price", "SKU", "Can be bought"]
    assert rows[1:] == [
        ["Bowl", "Visible", "0", "8.00", "BOWL", "Sold out"],
        ["Mug", "Visible", "5", "10.00", "MUG", ""],
    ]


@pytest.mark.parametrize("query", ["", "?view=out", "?view=low", "?q=mug&category=kitchen&order=-product"])
def test_a_list_costs_the_same_with_one_row_and_with_fifty(as_role: Any, query: str) -> None:
    """Eight statements at most with the usual columns; of them four are for who asks."""
    desk = as_role("catalogue")
    make.category("Kitchen")
    make.variant(sku="MUG", price="10.00", on_hand=5)
    address = f"/dashboard/products/{query}"
    desk.client.get(address)
    with count_queries() as first:
        desk.client.get(address)
    for number in range(49):
        make.variant(sku=f"MUG-{number}", price=f"{number + 1}.00", on_hand=number % 3)
    with count_queries() as many:
        desk.client.get(address)

    assert len(many) == len(first) <= 8, [sql[:150] for sql in many]


def act_on(desk: Desk, action: str, rows: Any, **values: Any) -> Any:
    """Choose rows, open the form, and send it."""
    keys = [row.pk for row in rows]
    desk.get(f"products/act/{action}/", row=keys)
    assert desk.page.status_code == 200
    boxes = {name: [] for name in ("categories", "tags", "collections") if name in desk.page.context["form"].fields}
    return desk.send(f"products/act/{action}/", row=keys, **{**boxes, **values})


def test_several_are_hidden_shown_archived_and_restored(boss: Desk, goods: Any) -> None:
    """At once, with what came of it."""
    act_on(boss, "publish", goods)
    assert Product.objects.filter(is_published=True).count() == 3
    assert boss.messages == ["Make visible: done for 3."]
    act_on(boss, "hide", goods[:2])
    assert Product.objects.filter(is_published=True).count() == 1
    act_on(boss, "archive", goods)
    assert names(boss) == []
    act_on(boss, "restore", goods[:1])
    assert names(boss) == ["Mug"]


def test_several_are_put_into_groups_and_taken_out(boss: Desk, goods: Any) -> None:
    """Beside those that they are in."""
    mug, bowl, _vase = goods
    make.category("Kitchen")
    Tag.objects.create(slug="sale", name="Sale")
    mug.tags.add(Tag.objects.create(slug="new", name="New"))

    act_on(boss, "group", [mug, bowl], tags=["sale"], categories=["kitchen"])
    assert sorted(mug.tags.values_list("slug", flat=True)) == ["new", "sale"]
    assert bowl.categories.get().slug == "kitchen"
    act_on(boss, "ungroup", [mug, bowl], tags=["sale", "new"])
    assert not mug.tags.exists()
    assert act_on(boss, "group", [mug]).status_code == 422


def test_the_search_box_finds_products(boss: Desk, goods: Any) -> None:
    """By an exact SKU at once."""
    answer = boss.client.get("/dashboard/search/", {"q": "mug"})

    assert answer.headers["Location"] == f"/dashboard/products/{goods[0].uuid}/"
    assert "BOWL · Visible" in boss.get("search/", q="kiln").content.decode()


def test_whoever_may_only_look_is_offered_nothing(as_role: Any, goods: Any) -> None:
    """Support sees products, without buttons."""
    desk = as_role("support")

    desk.get("products/")
    assert desk.page.status_code == 200
    assert desk.page.context["actions"] == []
    assert "Add product" not in desk.text
    assert len(dashboard.actions("products")) >= 6
