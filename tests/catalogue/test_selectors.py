"""The tree of categories, and services of products."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tradepost.catalogue import services
from tradepost.catalogue.selectors import ancestors, category_tree, descendants
from tradepost.core.dates import clock
from tradepost.testing import factories

pytestmark = pytest.mark.django_db


def test_the_tree_counts_each_product_once_on_every_level(django_assert_num_queries: Any) -> None:
    """A product in a category and in its parent counts once for the parent; a hidden one doesn't count."""
    kitchen = factories.category("Kitchen")
    mugs = factories.category("Mugs", parent=kitchen)
    factories.category("Garden")
    factories.product().categories.add(kitchen, mugs)
    factories.product().categories.add(mugs)
    factories.product(is_published=False).categories.add(mugs)

    category_tree(counts=True)
    with django_assert_num_queries(1):  # versions
        tree = category_tree(counts=True)

    assert [(node.category.slug, node.products) for root in tree for node in root.walk()] == [
        ("garden", 0),
        ("kitchen", 2),
        ("mugs", 2),
    ]


def test_what_is_below_a_hidden_category_is_hidden() -> None:
    """Neither the hidden one nor its published child is in the tree."""
    hidden = factories.category("Hidden", is_published=False)
    factories.category("Below", parent=hidden)
    factories.category("Shown")

    assert [node.category.slug for node in category_tree()] == ["shown"]


def test_ways_up_and_down_the_tree() -> None:
    """Both hold the category itself."""
    kitchen = factories.category("Kitchen")
    mugs = factories.category("Mugs", parent=kitchen)
    factories.category("Garden")
    kitchen.refresh_from_db()
    mugs.refresh_from_db()

    assert [category.slug for category in descendants(kitchen)] == ["kitchen", "mugs"]
    assert [category.slug for category in ancestors(mugs)] == ["kitchen", "mugs"]


def test_archiving_twice_keeps_the_first_moment() -> None:
    """The second call changes nothing; restoring takes it back out."""
    product = factories.product()
    first, later = datetime(2026, 5, 1, tzinfo=UTC), datetime(2026, 6, 1, tzinfo=UTC)

    with clock.at(first):
        services.archive(product)
    with clock.at(later):
        assert services.archive(product).archived_at == first

    assert services.restore(product).archived_at is None


def test_publishing_and_hiding() -> None:
    """Each is a no-op on a product that is so already."""
    product = factories.product()

    assert services.hide(product).is_published is False
    assert services.hide(product).is_published is False
    assert services.publish(product).is_published is True


def test_an_archived_variant_can_be_sold_again() -> None:
    """Archiving one variant leaves the product as it is."""
    variant = factories.variant()

    archived = services.archive_variant(variant)

    assert archived.archived_at is not None
    assert archived.product.archived_at is None
    assert services.restore_variant(variant).archived_at is None
