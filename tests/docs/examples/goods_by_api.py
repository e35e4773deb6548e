"""Goods of a shop, by calls of the API: ``api`` is whatever sends JSON, or a form, and gives the answer's."""

from __future__ import annotations

from typing import Any, BinaryIO


def new_product(api: Any) -> dict[str, Any]:
    """A product with its variants; the key makes a repeat harmless."""
    product: dict[str, Any] = api.post(
        "staff/products/",
        {
            "product_type": "clothing",
            "name": "Linen shirt",
            "attributes": {"material": "linen"},
            "option_names": ["Size"],
            "variants": [
                {"sku": "LINEN-S", "options": {"Size": "S"}},
                {"sku": "LINEN-M", "options": {"Size": "M"}},
            ],
        },
        key="linen-shirt",
    )
    return product


def photograph(api: Any, file: BinaryIO) -> dict[str, Any]:
    """The main picture of the product, shown for one variant."""
    picture: dict[str, Any] = api.send_form(
        "staff/products/linen-shirt/images/",
        {
            "file": file,
            "alt": "A shirt on a line",
            "variant": "LINEN-M",
            "is_main": "true",
        },
    )
    return picture


def prices(api: Any) -> dict[str, Any]:
    """All of them or none; each change stands in the history."""
    price = {"amount": "49.90", "currency": "EUR"}
    rows = [
        {"variant": "LINEN-S", "amount": price},
        {"variant": "LINEN-M", "amount": price},
        {
            "variant": "LINEN-M",
            "amount": {"amount": "44.90", "currency": "EUR"},
            "min_quantity": 10,
        },
    ]
    changed: dict[str, Any] = api.post(
        "staff/price-lists/eur/prices/", {"prices": rows}
    )
    return changed


def delivery(api: Any) -> dict[str, Any]:
    """Ten arrive at the depot, four of them go to the shop."""
    api.post(
        "staff/stock/receive/",
        {
            "variant": "LINEN-M",
            "location": "depot",
            "quantity": 10,
            "note": "Delivery 7",
        },
        key="delivery-7",
    )
    levels: dict[str, Any] = api.post(
        "staff/stock/move/",
        {"variant": "LINEN-M", "quantity": 4, "source": "depot", "target": "shop"},
        key="delivery-7-shop",
    )
    return levels


def stocktaking(api: Any) -> list[dict[str, Any]]:
    """The rows that could not be booked."""
    counted = {"LINEN-S": 0, "LINEN-M": 6, "LINEN-L": 2}
    rows = [
        {"variant": sku, "location": "depot", "counted": units}
        for sku, units in counted.items()
    ]
    answer = api.post("staff/stock/bulk/", {"items": rows})
    return [
        {**row, "variant": rows[row["index"]]["variant"]}
        for row in answer["results"]
        if row["status"] >= 400
    ]
