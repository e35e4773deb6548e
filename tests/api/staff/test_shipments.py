"""Staff's shipments: packed from an order, followed, shipped and delivered."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from pytest_django.fixtures import DjangoAssertNumQueries

from tradepost.core.actors import SYSTEM
from tradepost.fulfilment.models import Shipment
from tradepost.fulfilment.services import create_shipment
from tradepost.inventory.models import StockLevel
from tradepost.orders.models import Order
from tradepost.testing import factories, placed

from .conftest import Staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def paid() -> Order:
    """Three mugs, paid."""
    mug = factories.variant(sku="MUG", price="10.00", on_hand=9)
    return placed.pay(placed.order(placed.line_row("10.00", 3, variant=mug)))


def body_of(order: Order, quantity: int, **values: Any) -> dict[str, Any]:
    """A parcel with so many units of the order's line."""
    return {"order": order.number, "lines": [{"line": str(order.lines.get().uuid), "quantity": quantity}], **values}


def test_a_parcel_is_packed_followed_shipped_and_delivered(staff: Callable[[str], Staff], paid: Order) -> None:
    """Its units leave the stock when it leaves; each step again changes nothing."""
    caller = staff("orders")

    packed = caller.post("shipments/", body_of(paid, 2, carrier="Post"), key="p1")
    assert packed.status_code == 201, packed.content
    shipment = packed.json()
    assert (shipment["status"], shipment["order"], shipment["carrier"]) == ("pending", paid.number, "Post")
    assert [(line["sku"], line["quantity"]) for line in shipment["lines"]] == [("MUG", 2)]
    assert {entry["name"] for entry in shipment["transitions"]} == {"ship", "cancel"}

    path = f"shipments/{shipment['uuid']}/"
    followed = caller.patch(path, {"tracking_number": "123", "tracking_url": "https://post.example/123"}).json()
    assert (followed["carrier"], followed["tracking_number"]) == ("Post", "123")
    statuses = [caller.post(f"{path}{step}/").json()["status"] for step in ("ship", "ship", "deliver", "deliver")]
    assert statuses == ["shipped", "shipped", "delivered", "delivered"]
    assert StockLevel.objects.values_list("on_hand", "reserved").get() == (7, 1)
    assert Order.objects.get().fulfilment_status == "partly_delivered"
    assert [event.kind for event in paid.events.all()][-3:] == ["tracking", "ship", "deliver"]
    assert caller.get(f"orders/{paid.number}/").json()["shipments"][0]["uuid"] == shipment["uuid"]


def test_units_that_are_not_left_are_refused(staff: Callable[[str], Staff], paid: Order) -> None:
    """409 with what is left of the line; nothing is packed."""
    caller = staff("orders")

    answer = caller.post("shipments/", body_of(paid, 4))

    assert (answer.status_code, answer.json()["context"]["lines"]) == (409, {str(paid.lines.get().uuid): 3})
    assert not Shipment.objects.exists()


def test_what_has_already_left_is_booked_at_once_and_once(staff: Callable[[str], Staff], paid: Order) -> None:
    """The same key packs nothing more."""
    caller = staff("orders")

    answers = [caller.post("shipments/", body_of(paid, 3, shipped=True), key="p1") for _time in range(2)]

    assert [answer.json()["status"] for answer in answers] == ["shipped", "shipped"]
    assert StockLevel.objects.get().on_hand == 6


def test_a_shipment_is_unpacked_until_it_left(staff: Callable[[str], Staff], paid: Order) -> None:
    """Afterwards it is refused, with the reason."""
    caller = staff("orders")
    first = caller.post("shipments/", body_of(paid, 1)).json()["uuid"]
    second = caller.post("shipments/", body_of(paid, 1, shipped=True)).json()["uuid"]

    assert caller.post(f"shipments/{first}/cancel/").json()["status"] == "cancelled"
    refused = caller.post(f"shipments/{second}/cancel/")
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (409, "transition_refused")


def test_what_cannot_be_packed(staff: Callable[[str], Staff], paid: Order) -> None:
    """Nothing is written."""
    caller, good = staff("orders"), body_of(paid, 1)
    changes: list[tuple[dict[str, Any], int]] = [
        ({"order": "NOPE"}, 404),
        ({"lines": []}, 400),
        ({"lines": [{"line": "6f9619ff-8b86-4d01-b42d-00cf4fc964ff", "quantity": 1}]}, 400),
        ({"lines": [{"line": good["lines"][0]["line"], "quantity": 0}]}, 400),
        ({"location": "nowhere"}, 400),
        ({"kind": "balloon"}, 400),
        ({"tracking_url": "javascript:alert(1)"}, 400),
        ({"carrier": "x" * 61}, 400),
        ({"shipped": "yes"}, 400),
        ({"weight": 5}, 400),
    ]
    for change, status in changes:
        assert caller.post("shipments/", {**good, **change}).status_code == status, change
    assert not Shipment.objects.exists()


def test_a_link_that_is_none_changes_no_tracking(staff: Callable[[str], Staff], paid: Order) -> None:
    """Nor do unknown names; another's UUID is 404."""
    shipment = create_shipment(paid, {paid.lines.get().pk: 1}, by=SYSTEM, carrier="Post")
    caller = staff("orders")

    for change in ({"tracking_url": "nope"}, {"carrier": None}, {"status": "shipped"}):
        assert caller.patch(f"shipments/{shipment.uuid}/", change).status_code == 400, change
    assert caller.patch("shipments/6f9619ff-8b86-4d01-b42d-00cf4fc964ff/", {"carrier": "X"}).status_code == 404
    assert Shipment.objects.get().carrier == "Post"


@pytest.mark.parametrize("rows", [1, 50])
def test_the_list_costs_the_same_with_many(
    staff: Callable[[str], Staff], django_assert_num_queries: DjangoAssertNumQueries, paid: Order, rows: int
) -> None:
    """Session, user, permissions, count, page, lines."""
    line = paid.lines.get()
    type(line).objects.filter(pk=line.pk).update(quantity=100)
    for _number in range(rows):
        create_shipment(paid, {line.pk: 1}, by=SYSTEM)
    caller = staff("support")

    with django_assert_num_queries(8):
        answer = caller.get("shipments/", order=paid.number, status="pending", page_size=50)

    assert answer.json()["count"] == rows
