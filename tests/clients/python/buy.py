"""A purchase by a client that was made from the schema: ``python buy.py http://127.0.0.1:8000``."""

from __future__ import annotations

import json
import sys
from typing import Any
from uuid import uuid4

from shop_client import Client
from shop_client.api.baskets import baskets_complete, baskets_create, baskets_lines, baskets_update_checkout
from shop_client.api.products import products_list, products_retrieve
from shop_client.models import (
    AddLineRequest,
    AddressRequest,
    CompleteRequest,
    Error,
    MoneyRequest,
    NewBasketRequest,
    PatchedUpdateCheckoutRequest,
)


def answered(answer: Any) -> Any:
    """The answer, or an exception with what the shop says is wrong."""
    if answer is None or isinstance(answer, Error):
        raise SystemExit(f"refused: {answer}")
    return answer


with Client(base_url=sys.argv[1]) as shop:
    card = answered(products_list.sync(client=shop, in_stock=True)).results[0]
    product = answered(products_retrieve.sync(card.slug, client=shop))
    sku = product.variants[0].sku

    basket = answered(baskets_create.sync(client=shop, body=NewBasketRequest(country="DE")))
    basket = answered(baskets_lines.sync(basket.uuid, client=shop, body=AddLineRequest(variant=sku, quantity=2)))

    address = AddressRequest(name="Ada Byron", line1="Main St 1", postcode="10115", city="Berlin", country="DE")
    asked = PatchedUpdateCheckoutRequest(
        email="ada@example.com", shipping_address=address, shipping_method="parcel", payment_method="card"
    )
    checkout = answered(baskets_update_checkout.sync(basket.uuid, client=shop, body=asked))

    total = MoneyRequest.from_dict(checkout.totals.total.to_dict())
    placed = answered(
        baskets_complete.sync(
            basket.uuid,
            client=shop,
            body=CompleteRequest(expected_total=total),
            idempotency_key=str(uuid4()),
        )
    )
    # A basket that was ordered takes nothing more.
    refused = baskets_lines.sync(basket.uuid, client=shop, body=AddLineRequest(variant=sku))

print(
    json.dumps(
        {
            "product": card.name,
            "units": basket.lines[0].quantity,
            "total": placed.order.total.amount,
            "paid": placed.payment.status,
            "stage": placed.order.stage,
            "refused": refused.errors[0].code,
        }
    )
)
