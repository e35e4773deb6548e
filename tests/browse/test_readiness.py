"""Obstacles that keep a product from being bought, by the rules of a basket."""

from __future__ import annotations

from typing import Any

import pytest

from tradepost.browse import missing_to_sell
from tradepost.catalogue import services
from tradepost.catalogue.models import Image, Product
from tradepost.inventory.models import Location
from tradepost.testing import factories as make
from tradepost.testing.queries import count_queries

pytestmark = pytest.mark.django_db
ADVICE = {"picture", "category", "summary", "weight", "tax_class"}


def codes(product: Any, *, blocking: bool = True) -> set[str]:
    """Of what is missing."""
    return {fact.code for fact in missing_to_sell(Product.objects.get(pk=product.pk)) if fact.is_blocking is blocking}


def test_a_product_with_all_it_needs_lacks_nothing(db: None) -> None:
    """Advice included."""
    make.tax()
    product = make.variant(price="10.00", on_hand=1, weight=5).product
    product.categories.add(make.category("Kitchen"))
    Image.objects.create(product=product, source_url="https://example.com/1.png")
    Product.objects.filter(pk=product.pk).update(summary="A mug.")

    assert missing_to_sell(Product.objects.get(pk=product.pk)) == []


def test_each_obstacle_has_its_code(db: None) -> None:
    """Obstacles come before advice."""
    product = make.product(is_published=False)
    assert codes(product) == {"hidden", "variants"}
    variant = make.variant(product=product)
    assert codes(product) == {"hidden", "price", "stock"}
    assert codes(product, blocking=False) == ADVICE
    services.archive(product)
    assert codes(product) == {"archived", "price", "stock"}
    services.archive_variant(variant)
    assert [fact.is_blocking for fact in missing_to_sell(Product.objects.get(pk=product.pk))][:2] == [True, True]


def test_one_variant_of_several_is_no_obstacle(db: None) -> None:
    """It is told with the numbers."""
    product = make.product(option_names=["Size"])
    make.variant(product=product, options={"Size": "S"}, price="1.00", on_hand=1)
    make.variant(product=product, options={"Size": "M"})
    texts = [fact.text for fact in missing_to_sell(Product.objects.get(pk=product.pk))]

    assert codes(product) == set()
    assert "1 of 2 variants has no price." in texts
    assert "1 of 2 variants is sold out." in texts


def test_stock_where_nobody_sells_from_is_told(db: None) -> None:
    """Of a location that isn't in use."""
    product = make.variant(price="1.00", on_hand=3).product
    Location.objects.update(is_active=False)

    assert codes(product) == {"stock"}
    assert "stock_elsewhere" in codes(product, blocking=False)


def test_what_isnt_counted_is_in_stock(db: None) -> None:
    """And required details are named."""
    product_type = make.product_type("services", kind="service", track_stock=False)
    product_type.attributes.create(code="hours", name="Hours", kind="number", required=True)
    product = make.product(product_type=product_type)
    make.variant(product=product, price="1.00")

    assert codes(product) == set()
    assert {"attributes"} <= codes(product, blocking=False)
    assert "weight" not in codes(product, blocking=False)


def test_it_costs_the_same_for_many_variants(db: None) -> None:
    """Queries don't grow."""
    product = make.product(option_names=["Size"])
    make.variant(product=product, options={"Size": "0"}, price="1.00", on_hand=1)
    row = Product.objects.select_related("product_type").get(pk=product.pk)
    missing_to_sell(row)
    with count_queries() as few:
        missing_to_sell(row)
    for number in range(1, 20):
        make.variant(product=product, options={"Size": str(number)}, price="1.00", on_hand=1)
    with count_queries() as many:
        missing_to_sell(row)

    assert len(many) <= len(few)
