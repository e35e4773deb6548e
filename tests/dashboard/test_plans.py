"""A shop with a hundred thousand orders: PostgreSQL reads no table of them as a whole for a page of the list."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import connection

from tests.plans import copies, plans_of
from tradepost.orders.models import Order

from .conftest import Desk, buy

pytestmark = [pytest.mark.django_db, pytest.mark.postgres, pytest.mark.slow]
MANY = 100_000
NEVER = {"tradepost_orders_order", "tradepost_orders_orderline"}
NAMES = "md5(n::text) || ' ' || md5((n + 7)::text)"  # as many as there are orders
WORDS = ["P4711", "lovelace", "c4ca42", "lamp", "LAMP", "zz", "nobody at all"]
QUERIES = ["", "?view=to-pack", "?view=unpaid", "?view=refund", "?view=disputed", "?order=placed", "?order=-number"]


@pytest.fixture
def large(shop: None) -> None:
    """Orders that are over, with a line each, and one that waits."""
    over = buy("MUG", 1)
    Order.objects.filter(pk=over.pk).update(status="completed", fulfilment_status="delivered")
    columns = {
        "number": "'P' || n",
        "uuid": "gen_random_uuid()",
        "source_key": "NULL",
        "placed_at": "now() - n * interval '5 minutes'",
        "email": "md5(n::text) || '@example.com'",
        "phone": "'+4930' || n",
        "shipping_address": f"jsonb_build_object('name', {NAMES})",
    }
    copies(over, MANY, **columns)
    line = over.lines.first()
    keys = "(SELECT id FROM tradepost_orders_order WHERE number = 'P' || n)"
    copies(line, MANY, uuid="gen_random_uuid()", order_id=keys, sku="'S' || n")
    buy("LAMP", 1)
    with connection.cursor() as cursor:
        # a hundred thousand new rows wait in a list that is read as a whole, until the next vacuum
        cursor.execute("SELECT gin_clean_pending_list('tradepost_orders_order_words')")
        cursor.execute("ANALYZE tradepost_orders_order; ANALYZE tradepost_orders_orderline")


def test_a_search_reads_no_table_as_a_whole(boss: Desk, large: None) -> None:
    """By number, phone, name, part of one, e-mail and SKU: in the list, and in the box for everything."""
    scanned: dict[str, Any] = {}
    for words in WORDS:
        query = urlencode({"view": "all", "q": words})
        plans = plans_of(lambda query=query: boss.client.get(f"/dashboard/orders/?{query}"))  # type: ignore[misc]
        scanned[words] = plans.scanned & NEVER
        plans = plans_of(lambda query=query: boss.client.get(f"/dashboard/search/?{query}"))  # type: ignore[misc]
        scanned[words] |= plans.scanned & NEVER

    assert scanned == {words: set() for words in WORDS}
    matching = {
        words: Order.objects.matching(words).count() for words in ("P4711", "lovelace", "LAMP", "nobody at all")
    }
    assert matching == {"P4711": 11, "lovelace": 2, "LAMP": 1, "nobody at all": 0}


def test_a_page_of_the_list_reads_no_table_as_a_whole(boss: Desk, large: None) -> None:
    """With its usual columns, its tabs, and sorted by what has an index."""
    scanned: dict[str, Any] = {}
    for query in QUERIES:
        plans = plans_of(lambda query=query: boss.client.get(f"/dashboard/orders/{query}"))  # type: ignore[misc]
        scanned[query] = plans.scanned & NEVER

    assert scanned == {query: set() for query in QUERIES}
