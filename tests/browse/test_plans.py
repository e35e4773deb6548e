"""How PostgreSQL reads 100,000 products: through indexes, and as many pages of memory as it needs rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from tests.plans import plans_of
from tradepost import browse
from tradepost.catalogue.models import Attribute, Collection, Product, Tag, Variant
from tradepost.inventory import services as inventory
from tradepost.pricing import services as pricing
from tradepost.pricing.ports import PriceRequest
from tradepost.testing import factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.postgres, pytest.mark.usefixtures("vacuumed")]

PRODUCTS = 100_000
GREAT = {
    "tradepost_catalogue_product",
    "tradepost_catalogue_variant",
    "tradepost_catalogue_image",
    "tradepost_catalogue_product_categories",
    "tradepost_pricing_price",
    "tradepost_inventory_stocklevel",
}
GUEST = browse.Visitor(currency="EUR")

FILL = """
WITH product AS (
    INSERT INTO tradepost_catalogue_product
        (uuid, name, slug, summary, description, brand, tax_class, option_names, attributes, metadata, is_published,
         is_featured, is_discountable, created_at, updated_at, product_type_id)
    SELECT gen_random_uuid(), 'Thing ' || md5(n::text), 'thing-' || n, 'Made to last', '', 'Brand ' || n %% 50, '', '[]',
           jsonb_build_object('colour', 'c' || n %% 1000), '{}', n %% 50 > 0, false, true, now() - n * interval '1 minute',
           now(), %(type)s
    FROM generate_series(1, %(products)s) n RETURNING id, substr(slug, 7)::integer AS n
), variant AS (
    INSERT INTO tradepost_catalogue_variant
        (uuid, sku, name, options, barcode, weight, metadata, position, product_id)
    SELECT gen_random_uuid(), 'SKU-' || id, '', '{}', '', 0, '{}', 0, id FROM product RETURNING id
), price AS (
    INSERT INTO tradepost_pricing_price (min_quantity, amount, is_converted, updated_at, price_list_id, variant_id)
    SELECT 1, 5 + id %% 90, false, now(), list, id FROM variant, unnest(%(lists)s) list
), image AS (
    INSERT INTO tradepost_catalogue_image (uuid, file, source_url, alt, position, product_id)
    SELECT gen_random_uuid(), '', 'https://img.example.com/' || id, '', 0, id FROM product
), category AS (
    INSERT INTO tradepost_catalogue_product_categories (product_id, category_id)
    SELECT id, (%(categories)s::bigint[])[1 + id %% 20] FROM product
), tag AS (
    INSERT INTO tradepost_catalogue_product_tags (product_id, tag_id) SELECT id, %(tag)s FROM product WHERE n %% 500 = 8
), collection AS (
    INSERT INTO tradepost_catalogue_collection_products (product_id, collection_id)
    SELECT id, %(collection)s FROM product WHERE n %% 500 = 9
)
INSERT INTO tradepost_inventory_stocklevel (on_hand, reserved, backorder_limit, location_id, variant_id)
SELECT CASE WHEN id %% 10 = 0 THEN 0 ELSE 7 END, 0, 0, %(location)s, id FROM variant
"""


@pytest.fixture
def shop() -> None:
    """Two price lists, twenty categories, and statistics of all that."""
    goods = make.product_type()
    Attribute.objects.create(product_type=goods, code="colour", name="Colour", kind="text", filterable=True)
    values = {
        "products": PRODUCTS,
        "type": goods.pk,
        "lists": [make.price_list("eur").pk, make.price_list("club", priority=5).pk],
        "categories": [make.category(f"Branch {n}").pk for n in range(20)],
        "tag": Tag.objects.create(slug="gift", name="Gift").pk,
        "collection": Collection.objects.create(slug="picks", name="Picks").pk,
        "location": make.location().pk,
    }
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")  # nobody looks after foreign keys: twice as fast
        cursor.execute(FILL, values)
        cursor.execute("SET LOCAL session_replication_role = origin")
        cursor.execute("ANALYZE")


def pages() -> dict[str, tuple[int, Callable[[], object]]]:
    """Queries of lists, with the pages of memory that it may take at most: a hundred or so for each of 24 products."""
    word, sku = Product.objects.filter(slug="thing-777").values_list("name", "variants__sku").get()
    word = word.split()[1]
    variants = list(Variant.objects.order_by("sku").values_list("pk", flat=True)[:100])
    requests = [PriceRequest(key=str(variant), variant_id=variant) for variant in variants]
    return {
        "the first page": (3000, cards),
        "page 400": (3500, lambda: cards(page=400)),
        "page 40 by name": (4500, lambda: cards(page=40, ordering="name")),
        "a category": (6500, lambda: cards(category="branch-3")),
        "a tag": (4000, lambda: cards(tag="gift")),
        "a collection": (4000, lambda: cards(collection="picks")),
        "an attribute": (4000, lambda: cards(attributes={"colour": ["c77"]})),
        "what is in stock": (3500, lambda: cards(in_stock=True)),
        "a search for a name": (2500, lambda: cards(search=word)),
        "a search for a SKU": (4500, lambda: cards(search=sku.lower())),
        "the count of a search": (2500, lambda: browse.find(browse.Criteria(search=word), GUEST).count()),
        "a product": (100, lambda: browse.detail("thing-777", GUEST)),
        "prices of a hundred variants": (1500, lambda: pricing.quote(requests, pricing.context(currency="EUR"))),
        "stock of a hundred variants": (800, lambda: inventory.available(variants)),
    }


def cards(page: int = 1, **criteria: Any) -> list[browse.Card]:
    """A page of 24 that isn't empty."""
    first = 24 * (page - 1)
    shown = browse.cards(browse.find(browse.Criteria(**criteria), GUEST)[first : first + 24], GUEST)
    assert shown
    return shown


def test_no_great_table_is_read_as_a_whole(shop: None) -> None:
    """By none of the statements that a page is made of."""
    for name, (most, look) in pages().items():
        plans = plans_of(look)

        assert not plans.scanned & GREAT, f"{name} reads whole tables: {sorted(plans.scanned & GREAT)}"
        assert plans.buffers <= most, f"{name} takes {plans.buffers} pages of memory, at most {most}."
