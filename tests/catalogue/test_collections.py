"""Collections by hand and by rule."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from tradepost.catalogue.models import Collection, Product, Tag
from tradepost.catalogue.selectors import collection_products
from tradepost.core.dates import clock
from tradepost.testing import factories

pytestmark = pytest.mark.django_db


def collection(rule: dict[str, Any] | None = None) -> Collection:
    return Collection.objects.create(name="Some", slug="some", rule=rule or {})


def tagged(product: Product, *slugs: str) -> Product:
    product.tags.set([Tag.objects.get_or_create(slug=slug, defaults={"name": slug})[0] for slug in slugs])
    return product


def names(rule: dict[str, Any]) -> set[str]:
    return {product.name for product in collection_products(collection(rule))}


def test_a_collection_without_a_rule_is_made_by_hand() -> None:
    """Only the chosen products that visitors may see are in it."""
    chosen, hidden, _other = factories.product(), factories.product(is_published=False), factories.product()
    by_hand = collection()
    by_hand.products.set([chosen, hidden])

    assert list(collection_products(by_hand)) == [chosen]


def test_tags_select_products_with_any_of_them() -> None:
    """A product with both tags is in it once."""
    tagged(factories.product(name="both"), "new", "sale")
    tagged(factories.product(name="one"), "sale")
    tagged(factories.product(name="another"), "gift")

    entries = list(collection_products(collection({"tags": ["new", "sale"]})).order_by("name"))

    assert [product.name for product in entries] == ["both", "one"]


def test_categories_reach_down_the_tree() -> None:
    """A product two levels below is in it; one in a sibling whose path is near is not."""
    kitchen, garden = factories.category("Kitchen"), factories.category("Garden")
    mugs = factories.category("Mugs", parent=kitchen)
    espresso = factories.category("Espresso", parent=mugs)
    factories.product(name="deep").categories.add(espresso, mugs)
    factories.product(name="top").categories.add(kitchen)
    factories.product(name="spade").categories.add(garden)

    assert names({"categories": ["kitchen"]}) == {"deep", "top"}


def test_all_parts_of_a_rule_must_hold() -> None:
    """Featured, tagged and of oak: what lacks one of them is left out."""
    values = {"is_featured": True, "attributes": {"material": "oak"}}
    tagged(factories.product(name="all", **values), "new")
    tagged(factories.product(name="not featured", attributes={"material": "oak"}), "new")
    tagged(factories.product(name="beech", is_featured=True, attributes={"material": "beech"}), "new")
    factories.product(name="no tag", **values)

    assert names({"featured": True, "tags": ["new"], "attributes": {"material": "oak"}}) == {"all"}


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ({"material": "Öl"}, {"text"}),
        ({"material": ["Öl", "oak"]}, {"text", "list"}),
        ({"material": "oak"}, {"list"}),
        ({"size": 3}, {"list"}),
        ({"washable": True}, {"text"}),
        ({"washable": False}, {"list"}),
        ({"material": "o"}, set()),
        ({"absent": "oak"}, set()),
    ],
)
def test_attributes_match_exactly_in_texts_numbers_and_lists(attributes: dict[str, Any], expected: set[str]) -> None:
    """A part of a value is not the value; a list has each of its values."""
    factories.product(name="text", attributes={"material": "Öl", "washable": True, "size": 30})
    factories.product(name="list", attributes={"material": ["oak", "beech"], "washable": False, "size": 3})

    assert names({"attributes": attributes}) == expected


def test_umlauts_in_lists_are_found() -> None:
    """However the database keeps them."""
    factories.product(name="list", attributes={"material": ["Ölweide", "Eiche"]})

    assert names({"attributes": {"material": "Ölweide"}}) == {"list"}


def test_hidden_and_archived_products_are_in_no_collection() -> None:
    """A rule can't show what isn't public."""
    factories.product(is_featured=True, is_published=False)
    factories.product(is_featured=True, archived_at=clock.now())

    assert names({"featured": True}) == set()


@pytest.mark.parametrize(
    "rule",
    [
        [],
        {"tag": ["new"]},
        {"tags": "new"},
        {"tags": [1]},
        {"featured": "yes"},
        {"attributes": ["material"]},
        {"attributes": {"material": None}},
        {"attributes": {"material": []}},
    ],
)
def test_a_malformed_rule_is_refused(rule: Any) -> None:
    """The error stands at the rule's field."""
    with pytest.raises(ValidationError) as refusal:
        Collection(name="Some", slug="some", rule=rule).clean()

    assert set(refusal.value.message_dict) == {"rule"}


@pytest.mark.postgres
def test_attributes_have_an_index_on_postgresql() -> None:
    """The query for an attribute's value can be answered by the GIN index."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        plan = Product.objects.with_attribute("material", ["oak"]).explain()

    assert "tradepost_catalogue_product_attributes" in plan
