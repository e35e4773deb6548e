"""The calls of the page about orders through the API do what it says."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.api.conftest import ADDRESS
from tests.api.staff.conftest import Staff, staff
from tests.docs.examples import trade
from tests.payments.conftest import gateway, started
from tradepost.core.dates.days import today
from tradepost.orders.models import Order
from tradepost.payments.interface import Price
from tradepost.shipping.models import FlatRate
from tradepost.testing import factories, placed
from tradepost.testing.gateways import ScriptedGateway, captured, refunded

__all__ = ["gateway", "staff"]

pytestmark = [pytest.mark.docs, pytest.mark.django_db]


class Api:
    """Sends JSON, and gives the answer's."""

    def __init__(self, caller: Staff) -> None:
        self._caller = caller

    def get(self, path: str, **query: Any) -> Any:
        """Of a list or a row."""
        return self._json(self._caller.get(path.removeprefix("staff/"), **query))

    def post(self, path: str, data: Any = None, *, key: str = "") -> Any:
        """With a key."""
        return self._json(self._caller.post(path.removeprefix("staff/"), data, key=key))

    def send_form(self, path: str, data: Any) -> Any:
        """A form, with files."""
        return self._json(self._caller.client.post(f"/api/v1/{path}", data))

    def patch(self, path: str, data: Any) -> Any:
        """A change."""
        return self._json(self._caller.patch(path.removeprefix("staff/"), data))

    def _json(self, answer: Any) -> Any:
        assert answer.status_code < 300, answer.content
        return answer.json()


def test_a_morning_in_the_shop(staff: Callable[[str], Staff]) -> None:
    """Orders are found, changed and shipped, and counted."""
    mug = factories.variant(product=factories.product(slug="mug"), sku="MUG", price="10.00", on_hand=9)
    order = placed.pay(placed.order(placed.line_row("10.00", 3, variant=mug)))
    api, day = Api(staff("administrator")), str(today())

    assert [row["number"] for row in trade.orders_to_pack(api)] == [order.number]
    preview, changed = trade.give_one_back(api, order.number)
    assert preview["after"]["surplus"] == {"amount": "10.00", "currency": "EUR"}
    assert changed["credited"] == {"amount": "10.00", "currency": "EUR"}
    shipment = trade.pack_and_ship(api, order.number)
    assert (shipment["status"], shipment["tracking_number"]) == ("shipped", "JJD0003")
    assert Order.objects.get().fulfilment_status == "shipped"
    assert [(row["key"], row["units"]) for row in trade.best_sellers(api, day, day)] == [("mug", 2)]
    assert date.fromisoformat(day) == today()


def test_an_order_by_phone(staff: Callable[[str], Staff], gateway: ScriptedGateway) -> None:
    """Placed with a link, and changed before it is paid."""
    factories.variant(product=factories.product(slug="mug"), sku="MUG", price="10.00", on_hand=9)
    FlatRate.objects.create(code="parcel", name="Parcel", currency="EUR", amount=5)
    api = Api(staff("orders"))

    placed_order = trade.order_by_phone(api, "MUG", "ada@example.com", ADDRESS)
    assert (placed_order["order"]["total"]["amount"], bool(placed_order["link"]["token"])) == ("23.00", True)

    preview, new = trade.one_more(api, placed_order["order"]["number"])
    assert (preview["difference"]["amount"], new["total"]["amount"], new["source"]) == ("10.00", "33.00", "staff")
    assert sorted(Order.objects.values_list("status", flat=True)) == ["cancelled", "pending"]


def test_a_refund_and_a_sale(staff: Callable[[str], Staff], gateway: ScriptedGateway) -> None:
    """The provider is asked once."""
    payment, api = started(gateway, captured), Api(staff("administrator"))
    gateway.play(refunded(Price(Decimal(4), "EUR"), "r"))

    answers = [trade.refund(api, str(payment.uuid), "4.00", "EUR") for _time in range(2)]

    assert [answer["balance"]["refunded"]["amount"] for answer in answers] == ["4.00", "4.00"]
    assert trade.spring_sale(api) == {"batch": "spring-mail", "count": 100, "used": 0}
