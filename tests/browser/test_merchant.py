"""The pages for merchants hold: their steps, one after the other, in the admin, with a customer in between."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tradepost.catalogue.models import ProductType
from tradepost.fulfilment.models import Shipment
from tradepost.inventory.models import Location, StockLevel
from tradepost.orders.models import Order
from tradepost.pricing.models import PriceList
from tradepost.promotions.models import Coupon

from . import merchant
from .test_purchase import add, buy, check_out

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Visit = Callable[..., Page]


@pytest.fixture
def names(shop: None) -> merchant.Names:
    """Of the shop that the other tests buy in."""
    return merchant.Names(
        product_type=ProductType.objects.get().name,
        category="Cups",
        price_list=PriceList.objects.get().name,
        location=Location.objects.get().name,
    )


@pytest.fixture
def staff(visit: Visit, django_user_model: Any) -> Page:
    """Who may do everything, signed in."""
    django_user_model.objects.create_superuser("ada", "ada@example.com", "correct horse")
    page = visit()
    merchant.sign_in(page, "ada", "correct horse")
    return page


def test_a_product_is_sold_with_a_coupon_shipped_and_refunded_in_part(
    staff: Page, visit: Visit, names: merchant.Names
) -> None:
    """From the first product to what was sold, as the seven pages say."""
    merchant.put_on_sale(staff, names, name="Picnic plate", sku="PICNIC", price="12.50", units="20")
    merchant.promote(staff, name="Spring", percent="10", code="SPRING10")

    customer = visit()
    add(customer, "picnic-plate")
    customer.goto("/basket/")
    customer.get_by_label("Coupon").fill("SPRING10")
    customer.get_by_label("Coupon").press("Enter")
    expect(customer.locator(".aside")).to_contain_text("€11.25")
    check_out(customer)
    buy(customer)
    customer.get_by_role("button", name="Pay with 3-D Secure").click()
    customer.get_by_role("button", name="Yes, it’s me").click()
    expect(customer.get_by_role("heading", level=1)).to_have_text("Thank you for your order")

    order = Order.objects.get()
    assert (order.total, Coupon.objects.get().used) == (Decimal("16.25"), 1)  # 11.25 and 5.00 for the parcel

    merchant.ship(staff, order.number, "JD0146")
    expect(staff.locator(".field-status .readonly")).to_have_text("Shipped")
    merchant.refund(staff, order.number, "2.00", "Scratched")
    expect(staff.locator(".messagelist .success")).to_be_visible()
    sales = merchant.look_at_sales(staff, "7 days")
    expect(sales).to_contain_text("€14.25")  # without what was credited

    order.refresh_from_db()
    shipment = Shipment.objects.get()
    [sold] = shipment.lines.all()
    [credit] = order.credits.all()
    assert (shipment.status, shipment.carrier, shipment.tracking_number) == ("shipped", "DHL", "JD0146")
    assert (sold.line.sku, sold.quantity) == ("PICNIC", 1)
    assert (order.fulfilment_status, order.net_paid, credit.total) == ("shipped", Decimal("14.25"), Decimal("2.00"))
    assert StockLevel.objects.get(variant__sku="PICNIC").on_hand == 19
