"""A pickup point is chosen on a phone: the points of a method open with it, and one is asked for."""

from __future__ import annotations

from decimal import Decimal

import pytest
from playwright.sync_api import expect

from tradepost.orders.models import Order
from tradepost.shipping.models import FlatRate, PickupPoint

from .conftest import PHONE
from .test_purchase import Visit, add, buy, step

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_guest_fetches_a_parcel_at_a_point(visit: Visit) -> None:
    """Without one the step says so; the order is delivered to it, and the invoice goes home."""
    locker = FlatRate.objects.create(
        code="locker", name="Locker", currency="EUR", amount=Decimal(3), min_days=1, max_days=2, position=1
    )
    for code, postcode in (("station", "10557"), ("harbour", "20457")):
        point = PickupPoint.objects.create(
            code=code, name=code.capitalize(), line1="1 Platform", city="Town", postcode=postcode, country="DE"
        )
        point.methods.set([locker])
    page = visit(viewport=PHONE)
    add(page)
    page.goto("/checkout/")
    page.get_by_label("E-mail").fill("ada@example.com")
    page.get_by_label("Name", exact=True).first.fill("Ada Lovelace")
    page.get_by_label("Street and number").first.fill("1 Road")
    page.get_by_label("Postcode").first.fill("20459")
    page.get_by_label("Town").first.fill("Hamburg")
    page.get_by_role("button", name="Continue").click()
    step(page, "Delivery")

    expect(page.get_by_label("Station")).to_be_hidden()
    page.get_by_label("Locker").check()
    expect(page.locator(".points label b")).to_have_text(["Harbour", "Station"])
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("alert")).to_have_text("Choose a pickup point.")
    page.get_by_label("Harbour").check()
    page.get_by_role("button", name="Continue").click()
    step(page, "Payment")
    expect(page.locator(".said").last).to_contain_text("Locker: Harbour")
    page.get_by_label("Card").check()
    page.get_by_role("button", name="Continue").click()
    step(page, "Order")
    buy(page)

    order = Order.objects.get()
    assert order.ship_to is not None
    assert order.bill_to is not None
    assert (order.ship_to.company, order.ship_to.postcode, order.bill_to.line1) == ("Harbour", "20457", "1 Road")
    assert order.charges.get().code == "locker"
