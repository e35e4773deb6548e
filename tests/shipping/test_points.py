"""Pickup points: found near the buyer, chosen at the checkout, kept with the order."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tradepost.basket.base import AbstractBasket
from tradepost.checkout import services as checkout
from tradepost.checkout.delivery_choice import Choice
from tradepost.checkout.errors import RequirementsUnmet
from tradepost.checkout.services import Visit
from tradepost.core.errors import Invalid
from tradepost.orders.models import Order
from tradepost.shipping import services as shipping
from tradepost.shipping.models import FlatRate, PickupPoint
from tradepost.storefront.delivery_options import ways_of
from tradepost.testing import Scenario
from tradepost.testing import factories as make
from tradepost.testing.scenario import ADDRESS

pytestmark = pytest.mark.django_db


@pytest.fixture
def locker() -> FlatRate:
    FlatRate.objects.create(code="post", name="Post", currency="EUR", amount=5)
    return FlatRate.objects.create(code="locker", name="Locker", currency="EUR", amount=3, position=1)


def point(code: str, *methods: FlatRate, **values: Any) -> PickupPoint:
    given = {"name": code.capitalize(), "line1": "1 Platform Road", "city": "Berlin", "postcode": "10557", **values}
    created = PickupPoint.objects.create(code=code, **{"country": "DE", **given})
    created.methods.set(methods)
    return created


def missing(basket: AbstractBasket) -> list[str]:
    return [requirement.code for requirement in checkout.look(basket).requirements if "pickup" in requirement.code]


def test_points_near_a_postcode_come_first(locker: FlatRate) -> None:
    """By the length of what their postcodes share with it; closed ones, other countries' and other methods' don't."""
    far = point("far", locker, postcode="80331", position=1)
    near, nearer = point("near", locker, postcode="10999"), point("nearer", locker, postcode="10115")
    point("closed", locker, is_active=False)
    point("abroad", locker, country="FR", postcode="10115")
    point("other", FlatRate.objects.get(code="post"))

    assert list(shipping.pickup_points("locker", country="de", postcode="10117")) == [nearer, near, far]
    assert [entry.code for entry in shipping.pickup_points("locker")] == ["abroad", "near", "nearer", "far"]
    assert {(item.code, item.of_method) for item in shipping.pickup_points("locker", "post", country="DE")} == {
        *(("far", "locker"), ("near", "locker"), ("nearer", "locker"), ("other", "post"))
    }


def test_a_choice_is_stored_in_one_word() -> None:
    """And read again; a point without a method is none."""
    assert [str(Choice("locker", "station")), str(Choice("post")), str(Choice("", "station"))] == [
        "locker@station",
        "post",
        "",
    ]
    assert [Choice.read("locker@station"), Choice.read("post"), Choice.read("")] == [
        Choice("locker", "station"),
        Choice("post"),
        Choice(),
    ]


def test_a_delivery_to_points_needs_one_and_no_address(locker: FlatRate) -> None:
    """It is missing, then chosen; a change of the method takes it away; a closed one is told."""
    station = point("station", locker)
    basket = Scenario().basket().opened()

    view = checkout.update(basket, email="ada@example.com", shipping_method="locker")
    codes = {requirement.code for requirement in view.requirements}
    assert "pickup_point_missing" in codes
    assert "shipping_address_missing" not in codes
    quote = next(quote for quote in view.shipping if quote.code == "locker")
    assert (quote.needs_point, quote.needs_address) == (True, False)

    view = checkout.update(basket, pickup_point="station")
    assert (view.point, missing(basket)) == (station, [])
    assert view.totals.charges[0].code == "locker"

    station.is_active = False
    station.save()
    point("other", locker)
    assert missing(basket) == ["pickup_point_unavailable"]

    checkout.update(basket, shipping_method="post")
    assert checkout.look(basket).checkout.pickup_point == ""
    assert missing(basket) == []


def test_a_method_whose_points_are_all_closed_is_not_on_offer(locker: FlatRate) -> None:
    """It doesn't become one that delivers to the door."""
    point("station", locker, is_active=False)
    basket = Scenario().basket().opened()

    view = checkout.update(basket, email="ada@example.com", shipping_address=ADDRESS, shipping_method="locker")

    assert next((quote.amount, quote.reason) for quote in view.shipping if quote.code == "locker") == (
        None,
        "No pickup point is open.",
    )


def test_an_order_without_a_point_is_refused(locker: FlatRate) -> None:
    """Nothing is made of the basket."""
    point("station", locker)
    scenario = Scenario().basket().says(shipping_method="locker")

    with pytest.raises(RequirementsUnmet) as refusal:
        checkout.complete(scenario.ready(), Visit())

    assert "pickup_point_missing" in [requirement["code"] for requirement in refusal.value.context["requirements"]]
    assert not Order.objects.exists()


def test_an_order_keeps_the_point(locker: FlatRate) -> None:
    """Its address with its name and the buyer's; the buyer's own is for the invoice. Later changes don't matter."""
    station = point("station", locker)
    order = Scenario().basket().says(shipping_method="locker", pickup_point="station").placed()
    station.delete()

    order = Order.objects.get(pk=order.pk)
    assert order.ship_to is not None
    assert order.ship_to.lines == ["Ada Lovelace", "Station", "1 Platform Road", "10557 Berlin", "Germany"]
    assert order.bill_to is not None
    assert order.bill_to.line1 == "1 Harbour Road"
    assert [(charge.code, charge.total) for charge in order.charges.filter(kind="shipping")] == [("locker", Decimal(3))]


def test_goods_are_taxed_where_they_are_fetched(locker: FlatRate) -> None:
    """The point's country counts, and not the buyer's; the order says so."""
    make.tax("0.19", country="DE")
    make.tax("0.20", country="AT", home=False)
    point("graz", locker, country="AT", postcode="8010")
    basket = Scenario().basket(price="12.00").opened()
    data = {"email": "ada@example.com", "shipping_address": ADDRESS, "shipping_method": "locker"}

    at_home = checkout.update(basket, **data).totals
    fetched = checkout.update(basket, pickup_point="graz").totals
    order = Scenario().basket(price="12.00").says(shipping_method="locker", pickup_point="graz").placed()

    assert [tax.rate for line in at_home.lines for tax in line.taxes] == [Decimal("0.19")]
    assert [tax.rate for line in fetched.lines for tax in line.taxes] == [Decimal("0.20")]
    assert (order.tax_country, order.tax_postcode) == ("AT", "8010")


def test_a_point_is_a_text_of_one_code(locker: FlatRate) -> None:
    """Anything else is refused, and nothing is written."""
    basket = Scenario().basket().opened()
    checkout.update(basket, shipping_method="locker")

    with pytest.raises(Invalid) as refusal:
        checkout.update(basket, pickup_point=7)  # type: ignore[arg-type]

    assert refusal.value.context["attr"] == "pickup_point"
    assert checkout.look(basket).checkout.deliveries == {"": "locker"}


def test_points_cost_one_query_where_one_is_chosen(locker: FlatRate) -> None:
    """And none for a shop that has none."""
    basket = Scenario().basket().opened()
    checkout.update(basket, email="ada@example.com", shipping_address=ADDRESS, shipping_method="locker")
    with CaptureQueriesContext(connection) as without:
        checkout.look(basket)
    point("station", locker)
    checkout.update(basket, pickup_point="station")
    with CaptureQueriesContext(connection) as with_point:
        checkout.look(basket)

    assert len(with_point) == len(without) + 1


def test_the_api_lists_points_and_takes_one(client: Client, locker: FlatRate) -> None:
    """By method; the checkout shows the chosen one."""
    point("station", locker, opening_hours="Mon–Sat 8–20")
    basket = Scenario().basket().opened()
    url = f"/api/v1/baskets/{basket.uuid}/checkout/"
    shown = {
        "code": "station",
        "name": "Station",
        "opening_hours": "Mon–Sat 8–20",
        "address": {
            **dict.fromkeys(("name", "line2", "region", "phone"), ""),
            "company": "Station",
            "line1": "1 Platform Road",
            "city": "Berlin",
            "postcode": "10557",
            "country": "DE",
        },
    }

    listed = client.get("/api/v1/pickup-points/", {"method": "locker", "country": "DE", "postcode": "10557"}).json()
    nothing = client.get("/api/v1/pickup-points/", {"method": "locker", "country": "FR"}).json()
    data = {"shipping_method": "locker", "pickup_point": "station"}
    patched = client.patch(url, data, content_type="application/json").json()
    again = client.patch(
        url, {"deliveries": [{"method": "locker", "point": "gone"}]}, content_type="application/json"
    ).json()

    assert (listed["results"], nothing["results"]) == ([shown], [])
    assert patched["pickup_point"] == shown
    assert patched["deliveries"] == [{"group": "", "method": "locker", "point": "station"}]
    assert {quote["code"]: quote["needs_point"] for quote in patched["shipping_methods"]} == {
        "post": False,
        "locker": True,
    }
    assert again["pickup_point"] is None
    assert "pickup_point_unavailable" in [requirement["code"] for requirement in again["requirements"]]


def test_a_visitor_chooses_a_point_on_the_page(client: Client, locker: FlatRate) -> None:
    """The nearest are shown below their method; without one the step says what is missing."""
    point("station", locker, opening_hours="Mon–Sat 8–20")
    basket = Scenario().basket().opened()
    checkout.update(basket, email="ada@example.com", shipping_address=ADDRESS)
    session = client.session
    session["tradepost_basket"] = str(basket.uuid)
    session.save()

    page = client.get(reverse("tradepost:checkout")).content.decode()
    assert 'name="point-locker" value="station"' in page
    assert 'name="point-post"' not in page
    assert "Mon–Sat 8–20" in page
    assert '<span class="muted">1 Platform Road, 10557 Berlin</span>' in page

    url = reverse("tradepost:checkout_delivery")
    refused = client.post(url, {"method": "locker"}, follow=True).content.decode()
    assert "Choose a pickup point." in refused
    taken = client.post(url, {"method": "locker", "point-locker": "station"}, follow=True).content.decode()
    assert "Locker: Station" in taken
    assert checkout.look(basket).checkout.deliveries == {"": "locker@station"}


def test_a_page_shows_a_dozen_points_by_one_query(locker: FlatRate) -> None:
    """However many points and methods there are; the chosen one is the first of them."""
    shop = FlatRate.objects.create(code="shop", name="Shop", currency="EUR", amount=2)
    for number in range(30):
        point(f"point-{number:02}", locker, shop)
    basket = Scenario().basket().opened()
    checkout.update(basket, email="ada@example.com", shipping_address=ADDRESS)
    view = checkout.update(basket, shipping_method="locker", pickup_point="point-29")

    with CaptureQueriesContext(connection) as seen:
        ways = {way.quote.code: [entry.code for entry in way.points] for way in ways_of(view)}

    first = [f"point-{number:02}" for number in range(12)]
    assert len(seen) == 1
    assert ways == {"post": [], "shop": first, "locker": ["point-29", *first[:11]]}


def test_a_scenario_goes_to_the_door() -> None:
    """A project's tests needn't know of points."""
    station = FlatRate.objects.create(code="locker", name="Locker", currency="EUR", amount=3)
    point("station", station)

    assert Scenario().basket().placed().charges.get().code == "scenario-eur"


def test_points_are_kept_in_the_admin(admin_client: Client, locker: FlatRate) -> None:
    """With their methods; a country in small letters is refused."""
    posted = {"name": "Station", "code": "station", "methods": [locker.pk], "position": 0, "is_active": "on"}
    posted |= {"line1": "1 Platform Road", "city": "Berlin", "postcode": "10557", "country": "DE"}

    saved = admin_client.post(reverse("admin:tradepost_shipping_pickuppoint_add"), posted)

    assert saved.status_code == 302
    assert [entry.code for entry in shipping.pickup_points("locker")] == ["station"]
    with pytest.raises(ValidationError, match="Two capital letters"):
        PickupPoint(code="x", name="X", line1="1", city="Y", country="de").full_clean()
