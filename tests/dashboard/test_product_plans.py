"""A shop with fifty thousand products: PostgreSQL reads no table of them as a whole for a page of the list."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection

from tests.plans import copies, plans_of
from tradepost.inventory.models import StockLevel
from tradepost.pricing.models import Price
from tradepost.testing import factories as make

from .conftest import Desk

pytestmark = [pytest.mark.django_db, pytest.mark.postgres, pytest.mark.slow]
MANY = 50_000
NEVER = {
    "tradepost_catalogue_product",
    "tradepost_catalogue_variant",
    "tradepost_pricing_price",
    "tradepost_inventory_stocklevel",
}
# Without a price isn't among them: that no variant has one is known when all prices were looked at.
QUERIES = [
    "",
    "?view=visible",
    "?view=hidden",
    "?view=archived",
    "?view=low",
    "?view=out",
    "?view=no-picture",
    "?stock=in",
    "?order=product",
    "?order=-added",
    "?q=lamp",
    "?q=4006381333931",
    "?page=20",
]

_CLEAN = """
SELECT gin_clean_pending_list(indexrelid) FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
JOIN pg_am ON pg_am.oid = relam WHERE amname = 'gin' AND relname LIKE 'tradepost_catalogue%'
"""


@pytest.fixture
def large(shop: None) -> None:
    """Mugs with a variant, a price and stock each; every hundredth is hidden or archived."""
    mug = make.variant(sku="MUG", price="10.00", on_hand=5)
    copies(
        mug.product,
        MANY,
        name="'Mug ' || n",
        slug="'p-' || n",
        uuid="gen_random_uuid()",
        source_key="NULL",
        is_published="mod(n, 100) <> 1",
        archived_at="CASE WHEN mod(n, 100) = 2 THEN now() END",
        created_at="now() - n * interval '5 minutes'",
    )
    product = "(SELECT id FROM tradepost_catalogue_product WHERE slug = 'p-' || n)"
    copies(mug, MANY, sku="'P' || n", uuid="gen_random_uuid()", barcode="'b' || n", product_id=product)
    variant = "(SELECT id FROM tradepost_catalogue_variant WHERE sku = 'P' || n)"
    copies(Price.objects.get(), MANY, variant_id=variant)
    copies(StockLevel.objects.get(), MANY, variant_id=variant)
    make.variant(sku="LAMP", barcode="4006381333931", price="10.00", on_hand=5)
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {', '.join(sorted(NEVER))}")
        cursor.execute(_CLEAN)  # as autovacuum does, without which an index of words costs more than a table


def test_a_page_of_the_list_reads_no_table_as_a_whole(boss: Desk, large: None) -> None:
    """With its usual columns, its tabs, searched, and sorted by what has an index."""
    scanned: dict[str, Any] = {}
    for query in QUERIES:
        plans = plans_of(lambda query=query: boss.client.get(f"/dashboard/products/{query}"))  # type: ignore[misc]
        scanned[query] = plans.scanned & NEVER

    assert scanned == {query: set() for query in QUERIES}
