"""A morning in a shop, by calls of the API: ``api`` is whatever sends JSON and gives the answer's."""

from __future__ import annotations

from typing import Any


def orders_to_pack(api: Any) -> list[dict[str, Any]]:
    """Paid, not held, the oldest first."""
    page: list[dict[str, Any]] = api.get(
        "staff/orders/", stage="paid", ordering="placed_at"
    )["results"]
    return page


def pack_and_ship(api: Any, number: str) -> dict[str, Any]:
    """All that isn't cancelled or shipped, in one parcel; the key makes a repeat harmless."""
    order = api.get(f"staff/orders/{number}/")
    lines = [
        {"line": line["uuid"], "quantity": line["open_quantity"]}
        for line in order["lines"]
        if line["open_quantity"]
    ]
    parcel = api.post(
        "staff/shipments/",
        {"order": number, "lines": lines, "carrier": "Post"},
        key=f"pack-{number}",
    )
    api.patch(
        f"staff/shipments/{parcel['uuid']}/",
        {"tracking_number": "JJD0003", "tracking_url": "https://post.example/JJD0003"},
    )
    shipped: dict[str, Any] = api.post(f"staff/shipments/{parcel['uuid']}/ship/")
    return shipped


def give_one_back(api: Any, number: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """One unit of the first line is cancelled; before that, what it comes to."""
    line = api.get(f"staff/orders/{number}/")["lines"][0]["uuid"]
    body = {"lines": [{"line": line, "quantity": 1}], "reason": "out of stock"}
    preview = api.post(f"staff/orders/{number}/cancellations/preview/", body)
    order = api.post(
        f"staff/orders/{number}/cancellations/", body, key=f"cancel-{line}-1"
    )
    return preview, order


def order_by_phone(api: Any, sku: str, email: str, address: Any) -> dict[str, Any]:
    """Two of something, 10 % off for a dent; the link to pay goes to the customer by mail."""
    path = f"staff/drafts/{api.post('staff/drafts/')['uuid']}/"
    dent = {"kind": "percent", "value": "10", "reason": "a dent"}
    api.post(f"{path}lines/", {"variant": sku, "quantity": 2, "manual_price": dent})
    buyer = {"email": email, "shipping_address": address, "shipping_method": "parcel"}
    draft = api.patch(path, buyer)
    placed: dict[str, Any] = api.post(
        f"{path}place/",
        {"expected_total": draft["checkout"]["totals"]["total"], "link": {"days": 3}},
        key=f"place-{draft['uuid']}",
    )
    return placed


def one_more(api: Any, number: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """One unit more of the first line of an unpaid order: what it comes to, and the order that takes its place."""
    draft = api.post(f"staff/orders/{number}/edit/")
    path, line = f"staff/drafts/{draft['uuid']}/", draft["lines"][0]
    api.patch(f"{path}lines/{line['uuid']}/", {"quantity": line["quantity"] + 1})
    preview = api.post(f"{path}preview/")
    placed = api.post(f"{path}place/", {"link": {}}, key=f"edit-{number}")
    return preview, placed["order"]


def refund(api: Any, payment: str, amount: str, currency: str) -> dict[str, Any]:
    """The provider is asked once, however often the call is repeated with this key."""
    body = {
        "amount": {"amount": amount, "currency": currency},
        "reason": "one mug cancelled",
    }
    paid: dict[str, Any] = api.post(
        f"staff/payments/{payment}/refund/", body, key=f"refund-{payment}-1"
    )
    return paid


def best_sellers(api: Any, since: str, until: str) -> list[dict[str, Any]]:
    """The ten products with the most units, less those that were credited."""
    rows: list[dict[str, Any]] = api.get(
        "staff/reports/sales/",
        by="product",
        sort="units",
        limit=10,
        since=since,
        until=until,
    )
    return rows


def spring_sale(api: Any) -> dict[str, Any]:
    """Ten percent off orders from 50.00, by one of a hundred codes."""
    api.post(
        "staff/promotions/",
        {
            "code": "spring",
            "name": "Spring sale",
            "needs_coupon": True,
            "conditions": [
                {
                    "kind": "minimumvalue",
                    "amount": {"amount": "50.00", "currency": "EUR"},
                }
            ],
            "benefits": [{"kind": "percentageoff", "percent": "10", "target": "order"}],
        },
    )
    batch = {
        "promotion": "spring",
        "count": 100,
        "batch": "spring-mail",
        "prefix": "SPRING-",
    }
    coupons: dict[str, Any] = api.post(
        "staff/coupons/batches/", batch, key="spring-mail"
    )
    return coupons
