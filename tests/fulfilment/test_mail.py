"""The mail to customers when a shipment leaves."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail

from tradepost.core.actors import Actor, By
from tradepost.fulfilment import services
from tradepost.orders import services as orders
from tradepost.orders.models import Order
from tradepost.orders.tokens import access_token
from tradepost.testing import deliver_events, factories

pytestmark = pytest.mark.django_db
STAFF = By(Actor.STAFF, label="anna")
ADDRESS = {"name": "Ada Lovelace", "line1": "Main Street 1", "postcode": "10115", "city": "Berlin", "country": "DE"}


@pytest.fixture
def order() -> Order:
    """Two cups and a book, paid; what was mailed until then is forgotten."""
    rows = [
        factories.line_row(
            "10.00", quantity, variant=factories.variant(product=factories.product(name=name), on_hand=9)
        )
        for quantity, name in ((2, "Cup"), (1, "Book"))
    ]
    order = factories.pay(factories.order(*rows, email="ada@example.com", shipping_address=ADDRESS))
    deliver_events()
    mail.outbox.clear()
    return order


def ship(order: Order, units: dict[str, int], **details: Any) -> tuple[str, str, str]:
    """Subject, text and HTML of the one mail for a shipment of these units."""
    lines = {line.name: line.pk for line in order.lines.all()}
    services.ship_now(order, {lines[name]: number for name, number in units.items()}, by=STAFF, **details)
    deliver_events()
    [message] = mail.outbox
    mail.outbox.clear()
    assert message.to == ["ada@example.com"]
    return message.subject, str(message.body), str(message.alternatives[0][0])


def test_a_parcel_that_leaves_is_told_with_its_goods_and_tracking(order: Order) -> None:
    """As text and HTML, with a link to the order; that the rest follows is said while there is a rest."""
    tracking = {"carrier": "DHL", "tracking_number": "00340", "tracking_url": "https://dhl.example/00340?a=1&b=2"}
    subject, text, html = ship(order, {"Cup": 1}, **tracking)

    assert subject == f"Tradepost: your order {order.number} is on its way"
    assert text == (
        "Your parcel is on its way!\n\n"
        f"It has these goods of your order {order.number}:\n\n"
        "1 × Cup\n\n"
        "Carrier: DHL\nTracking number: 00340\nFollow it here:\nhttps://dhl.example/00340?a=1&b=2\n\n"
        "Deliver to:\nAda Lovelace\nMain Street 1\n10115 Berlin\nGermany\n\n"
        "The rest of your order follows.\n\n"
        "View your order here, and keep this link to yourself:\n"
        f"http://127.0.0.1:8000/orders/{order.number}/?token={access_token(order)}\n\n"
        "Tradepost\n"
    )
    assert 'href="https://dhl.example/00340?a=1&amp;b=2"' in html
    assert "1 × Cup" in html
    assert "Book" not in html

    _subject, text, html = ship(order, {"Cup": 1, "Book": 1})
    assert "1 × Cup\n1 × Book\n" in text
    assert "follows" not in text + html
    assert "Tracking" not in text + html


def test_a_tracking_link_is_a_web_page_or_none(order: Order) -> None:
    """Another scheme is no link for a customer; the number stands alone then."""
    _subject, text, html = ship(order, {"Book": 1}, tracking_number="7", tracking_url="ftp://carrier.example/7")

    assert "Tracking number: 7" in text
    assert "ftp://" not in text + html


@pytest.mark.parametrize(("kind", "number"), [("digital", 0), ("pickup", 1), ("parcel", 1)])
def test_downloads_are_not_on_their_way(order: Order, kind: str, number: int) -> None:
    """Parcels are, and what is brought to where it is fetched."""
    services.ship_now(order, {line.pk: line.quantity for line in order.lines.all()}, by=STAFF, kind=kind)
    deliver_events()

    assert len(mail.outbox) == number


def test_an_order_without_an_address_of_mail_gets_none(order: Order) -> None:
    """One of a point of sale."""
    Order.objects.update(email="")
    services.ship_now(order, {line.pk: line.quantity for line in order.lines.all()}, by=STAFF)
    deliver_events()

    assert mail.outbox == []


def test_it_is_written_in_the_orders_language(order: Order) -> None:
    """The country's name, for one."""
    Order.objects.update(language="de")
    order.refresh_from_db()

    assert "Deutschland" in ship(order, {"Book": 1})[1]


def test_what_is_packed_is_not_told_yet(order: Order) -> None:
    """Nor what is cancelled before it leaves."""
    services.create_shipment(order, {line.pk: line.quantity for line in order.lines.all()}, by=STAFF)
    orders.apply(order, "cancel", by=STAFF)
    deliver_events()

    assert [message.subject for message in mail.outbox if "on its way" in message.subject] == []
