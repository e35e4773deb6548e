"""How a total came about, and what a little more would give, on the pages."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tradepost.catalogue.models import Variant
from tradepost.customers.models import CustomerGroup
from tradepost.orders.models import Order
from tradepost.promotions.models import CustomerGroups, FreeGift, MinimumValue, PercentageOff
from tradepost.shipping.models import FreeOver
from tradepost.testing import factories as make

from .conftest import Visitor

QUESTION = "How is this calculated?"


def offers() -> None:
    """10 % by code, 20 % from 60.00 on, a secret for friends, free delivery from 23.10 on."""
    PercentageOff.objects.create(promotion=make.promotion("ten", coupon="TEN"), percent=10)
    much = make.promotion("much")
    PercentageOff.objects.create(promotion=much, percent=20, target="order")
    MinimumValue.objects.create(promotion=much, amount=60, currency="EUR")
    secret = make.promotion("secret")
    PercentageOff.objects.create(promotion=secret, percent=50)
    CustomerGroup.objects.create(code="friends", name="Friends")
    CustomerGroups.objects.create(promotion=secret, groups=["friends"])
    saver = {"amount": 3, "threshold": Decimal("23.10"), "after_discounts": False}
    FreeOver.objects.create(code="saver", name="Saver", currency="EUR", **saver)


def steps(guest: Visitor) -> list[tuple[str, str, list[tuple[str, str, str]]]]:
    """The panel's rows."""
    rows = guest.page.context["why"].rows
    return [(row.name, row.total, [(step.kind, step.text, step.amount) for step in row.steps]) for row in rows]


def test_the_basket_says_how_its_total_came_about(guest: Visitor, mug: Variant) -> None:
    """With each step, and why a code has no effect; nothing of what is for others."""
    offers()
    make.tax("0.19")
    guest.add(mug, 2)
    guest.post("/basket/coupon/", {"code": "ten"})

    guest.get("/basket/")

    assert steps(guest) == [
        (
            "Mug",
            "€18.00",
            [
                ("first", "2 × €10.00", "€20.00"),
                ("less", "Ten (TEN)", "-€2.00"),
                ("part", "VAT 19 % on €15.13, included", "€2.87"),
            ],
        )
    ]
    assert QUESTION in guest.text
    assert guest.page.context["why"].refused == ()
    assert "Secret" not in guest.text


def test_the_basket_says_what_little_is_missing(guest: Visitor, mug: Variant) -> None:
    """With a bar, the nearest first; two at most."""
    offers()
    more = make.promotion("more")
    PercentageOff.objects.create(promotion=more, percent=30)
    MinimumValue.objects.create(promotion=more, amount=200, currency="EUR")
    guest.add(mug, 2)

    guest.get("/basket/")

    assert [hint.code for hint in guest.page.context["hints"]] == ["free_delivery", "spend_more"]
    assert "<b>€3.10</b> more for free delivery." in guest.text
    assert "<b>€40.00</b> more for 20 % off." in guest.text
    assert '<progress max="100" value="86" aria-labelledby="hint-1">86 %</progress>' in guest.text


def test_a_gift_that_is_missing_is_a_click_away(guest: Visitor, mug: Variant) -> None:
    """Its page is linked."""
    make.variant(product=make.product(name="Bag", slug="bag"), price="5.00", on_hand=3)
    FreeGift.objects.create(promotion=make.promotion("bag"), products=["bag"])
    guest.add(mug)

    guest.get("/basket/")

    assert "Add it to your basket: “Bag”." in guest.text
    assert '<a href="/products/bag/">View product</a>' in guest.text


def test_a_code_without_effect_and_a_cheaper_delivery_have_their_steps(guest: Visitor, mug: Variant) -> None:
    """Why it has none; from what to what."""
    idle = make.promotion("idle", coupon="IDLE")
    PercentageOff.objects.create(promotion=idle, percent=10)
    MinimumValue.objects.create(promotion=idle, amount=50, currency="EUR")
    PercentageOff.objects.create(promotion=make.promotion("half"), percent=50, target="shipping")
    guest.add(mug)
    guest.post("/basket/coupon/", {"code": "idle"})
    guest.say()

    assert guest.page.context["why"].refused == (("IDLE", "€40.00 more is needed."),)
    assert steps(guest)[1] == ("Parcel", "€2.50", [("first", "Price", "€5.00"), ("less", "Half", "-€2.50")])


def test_a_tax_that_is_taken_out_says_why(guest: Visitor, mug: Variant) -> None:
    """Sent abroad: the tax that the price includes isn't due, and no other is."""
    make.tax("0.19", country="DE")
    guest.add(mug)
    guest.post("/preferences/", {"country": "US", "currency": "EUR"})

    guest.get("/basket/")

    assert steps(guest) == [
        ("Mug", "€8.40", [("first", "1 × €10.00", "€10.00"), ("less", "Without tax: export", "-€1.60")])
    ]


def test_an_empty_basket_has_nothing_to_explain(guest: Visitor, mug: Variant) -> None:
    """And no hints."""
    offers()
    guest.add(mug)
    line = guest.get("/basket/").context["lines"][0]  # type: ignore[attr-defined]
    guest.post(f"/basket/lines/{line.row.uuid}/", {"quantity": 0})

    assert QUESTION not in guest.get("/basket/").content.decode()


def test_checkout_and_order_say_it_too(guest: Visitor, mug: Variant) -> None:
    """Delivery included; the order tells what was stored, whatever the rules say now."""
    offers()
    make.tax("0.19")
    guest.add(mug, 2)
    guest.post("/basket/coupon/", {"code": "ten"})
    guest.say(method="transfer")
    at_checkout = steps(guest)
    assert QUESTION in guest.text
    guest.place()
    PercentageOff.objects.update(percent=90)
    order = Order.objects.get()

    guest.get(f"/orders/{order.number}/")

    assert steps(guest) == at_checkout
    assert at_checkout[1] == (
        "Parcel",
        "€5.00",
        [("part", "VAT 19 % on €4.20, included", "€0.80")],
    )
    assert guest.page.context["why"].refused == ()


def test_an_order_in_another_currency_says_what_it_was_at_home(guest: Visitor, mug: Variant) -> None:
    """By the rate that it was placed at."""
    order = guest.buy(mug, method="transfer")
    Order.objects.update(base_currency="USD", exchange_rate="1.25")

    guest.get(f"/orders/{order.number}/")

    assert "That is $18.75 at the rate of the day: 1 EUR = 1.25 USD." in guest.text


@pytest.mark.parametrize("lines", [1, 20])
def test_hints_and_explanation_cost_no_more_queries_than_a_basket_has(guest: Visitor, mug: Variant, lines: int) -> None:
    """Eight for the page: six, the session, the rates; the units in the header are known."""
    offers()
    make.tax("0.19", country="DE")
    for _ in range(lines):
        guest.add(make.variant(price="10.00", on_hand=5))
    guest.get("/basket/")

    with CaptureQueriesContext(connection) as seen:
        guest.get("/basket/")

    assert len(guest.page.context["lines"]) == lines
    assert len([query for query in seen.captured_queries if "SAVEPOINT" not in query["sql"]]) <= 8
