"""A merchant's day in the dashboard: what waits, packed and sent, some of it refunded; by keys, on a phone, and axe's opinion."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tradepost.basket import services as baskets
from tradepost.catalogue.models import Product, Variant
from tradepost.checkout.services import open_draft
from tradepost.core.actors import Actor, By
from tradepost.fulfilment.models import Shipment
from tradepost.orders.models import Order
from tradepost.testing import factories as make

from .conftest import DESK, PHONE
from .test_purchase import add, buy, check_out

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Visit = Callable[..., Page]


@pytest.fixture
def sign_in(visit: Visit, django_user_model: Any) -> Callable[..., Page]:
    """Somebody who may do everything, at the dashboard's door."""
    django_user_model.objects.create_superuser("ada", "ada@example.com", "correct horse")

    def open_dashboard(**options: Any) -> Page:
        page = visit(**options)
        page.goto("/dashboard/orders/")
        page.get_by_label("E-mail or username").fill("ada")
        page.get_by_label("Password").fill("correct horse")
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Orders")
        return page

    return open_dashboard


@pytest.fixture
def order(visit: Visit) -> Order:
    """A bowl, paid at the bank."""
    customer = visit()
    add(customer)
    check_out(customer)
    buy(customer)
    customer.get_by_role("button", name="Pay with 3-D Secure").click()
    customer.get_by_role("button", name="Yes, it’s me").click()
    expect(customer.get_by_role("heading", level=1)).to_have_text("Thank you for your order")
    return Order.objects.get()


def test_a_merchants_day(sign_in: Callable[..., Page], order: Order) -> None:
    """From the number on the first page to the parcel and the refund; a second tab sees what changed."""
    page = sign_in()
    page.get_by_role("link", name="Home").click()
    page.get_by_role("link", name="To pack").click()
    expect(page.locator("tbody tr")).to_have_count(1)
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text(order.number)
    page.get_by_role("link", name="Pack", exact=True).click()
    page.get_by_label("Tracking number").fill("JD0146")
    page.get_by_label("It is on its way already").check()
    page.get_by_role("button", name="Pack and send 1").click()  # the words come with the preview
    expect(page.locator("#messages")).to_have_text("Packed and sent.")

    page.get_by_role("link", name="Refund…").click()
    other = page.context.new_page()
    other.goto(page.url)
    page.get_by_label("Amount").fill("2.00")
    page.get_by_role("button", name="Refund €2.00").click()
    expect(page.locator("#messages")).to_contain_text("€2.00 was refunded")
    other.get_by_label("Amount").fill("3.00")
    other.get_by_role("button", name="Refund €3.00").click()
    expect(other.get_by_role("alert")).to_contain_text("ada asked for a refund of €2.00")

    order.refresh_from_db()
    assert (order.net_paid, order.fulfilment_status) == (Decimal("11.00"), "shipped")
    assert Shipment.objects.get().tracking_number == "JD0146"


def test_an_order_by_phone_becomes_a_parcel(sign_in: Callable[..., Page]) -> None:
    """Found while one types, placed for a transfer, booked, packed and sent; each button says what it does."""
    page = sign_in()
    page.get_by_role("link", name="Drafts").click()
    page.get_by_role("link", name="New order").click()
    page.get_by_label("Title").fill("Phoned about a bowl")
    page.get_by_label("Goes to").select_option("DE")
    page.get_by_role("button", name="Start order").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Phoned about a bowl")
    expect(page.locator("#missing")).to_contain_text("Something to buy")

    page.get_by_role("searchbox", name="Find a product").type("bow")
    hit = page.locator("#goods-hits li")
    expect(hit).to_have_count(1)
    hit.get_by_role("spinbutton").fill("2")
    hit.get_by_role("button", name="Add").click()
    expect(page.locator("#messages")).to_have_text("2 × Bowl added.")
    page.get_by_role("link", name="E-mail, phone, wishes").click()
    page.get_by_label("Phone").fill("+49 30 1234567")
    page.get_by_role("button", name="Change contact").click()
    page.get_by_role("link", name="Change address").click()
    for label, text in (("Name", "Ada Lovelace"), ("Street", "1 Road"), ("Postcode", "10115"), ("City", "Berlin")):
        page.get_by_label(label).first.fill(text)
    page.get_by_role("button", name="Delivery address").click()
    page.get_by_role("radio", name="Parcel").check()
    page.get_by_role("button", name="Choose delivery").click()
    page.get_by_role("link", name="Change how it is paid").click()
    page.get_by_label("How it is paid").select_option("transfer")
    page.get_by_role("button", name="Choose payment").click()
    expect(page.locator("#missing")).to_have_count(0)
    page.get_by_role("link", name="Place order…").click()
    page.get_by_role("button", name="Place order for €21.00").click()
    order = Order.objects.get()
    expect(page.get_by_role("heading", level=1)).to_contain_text(order.number)

    page.get_by_role("link", name="Take the money").click()
    page.get_by_role("button", name="Book €21.00 as received").click()
    page.get_by_role("link", name="Pack", exact=True).click()
    page.get_by_label("It is on its way already").check()
    page.get_by_role("button", name="Pack and send 2").click()
    expect(page.locator("#messages")).to_have_text("Packed and sent.")
    order.refresh_from_db()
    assert (order.source, order.net_paid, order.fulfilment_status) == ("staff", Decimal("21.00"), "shipped")


def test_the_search_box_goes_anywhere(sign_in: Callable[..., Page], order: Order) -> None:
    """By a key, with hits while one types."""
    page = sign_in()
    page.keyboard.press("/")
    page.keyboard.type("lovelace")
    expect(page.locator("#search-hits a")).to_have_count(1)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text(order.number)
    page.keyboard.press("Control+k")
    page.keyboard.type(order.number)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text(order.number)


def test_a_list_is_narrowed_while_one_types_and_back_brings_it_again(
    sign_in: Callable[..., Page], order: Order
) -> None:
    """The address says what was chosen."""
    page = sign_in()
    page.get_by_role("searchbox", name="Number, name").fill("nobody")
    expect(page.locator("#list")).to_contain_text("Nothing matches these filters")
    expect(page).to_have_url("/dashboard/orders/?view=all&q=nobody")
    page.get_by_role("link", name="To pack").click()
    expect(page.locator("tbody tr")).to_have_count(1)
    page.go_back()
    expect(page.get_by_role("searchbox", name="Number, name")).to_have_value("nobody")


def test_without_javascript_a_refund_has_its_preview(sign_in: Callable[..., Page], order: Order) -> None:
    """By a button of its own."""
    page = sign_in(java_script_enabled=False)
    page.goto(f"/dashboard/orders/{order.number}/act/refund/")
    page.get_by_label("Amount").fill("2.00")
    page.get_by_role("button", name="Show what will happen").click()
    page.get_by_role("button", name="Refund €2.00").click()

    expect(page.locator("#messages")).to_contain_text("€2.00 was refunded")


def test_a_first_product_is_added_and_sold(sign_in: Callable[..., Page], visit: Visit) -> None:
    """From an empty form to the basket: a product, its picture, sizes, prices for all of them, and a customer who buys one."""
    page = sign_in()
    page.goto("/dashboard/products/new/")
    page.get_by_label("Name", exact=True).fill("Linen apron")
    page.get_by_label("SKU").fill("APRON")
    page.get_by_label("Price", exact=True).fill("39.00")
    page.get_by_label("Units in stock").fill("4")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#messages")).to_have_text("The product was added.")
    expect(page.locator("#panel-readiness")).to_contain_text("Visitors can buy it now.")

    page.get_by_role("link", name="Edit variants, prices and stock").click()
    page.get_by_label("Option").first.fill("Size")
    page.get_by_label("Values, with commas between").first.fill("S, M")
    page.get_by_role("button", name="Save options and make variants").click()
    expect(page.locator("#messages")).to_have_text("Saved; 1 variant was made.")
    page.get_by_label("for all variants").nth(1).fill("42")
    page.get_by_label(re.compile("^Stock: .* of M$")).fill("3")
    page.get_by_role("button", name="Save", exact=True).last.click()
    expect(page.locator("#messages")).to_contain_text("cells were changed.")

    customer = visit()
    customer.goto("/products/linen-apron/")
    expect(customer.locator("main")).to_contain_text("42")


def test_a_column_is_pasted_and_arrows_move(sign_in: Callable[..., Page], order: Order) -> None:
    """As in a spreadsheet; leaving the page asks first."""
    page = sign_in()
    page.goto("/dashboard/products/?q=mug")
    page.locator(".row-link").first.click()
    page.get_by_role("link", name="Edit variants, prices and stock").click()
    barcodes = page.locator("[data-sheet] tbody input[name$='.barcode']")
    barcodes.first.focus()
    page.evaluate(
        """() => {
            const data = new DataTransfer();
            data.setData("text", "111\\n222\\n");
            const options = { clipboardData: data, bubbles: true, cancelable: true };
            document.activeElement.dispatchEvent(new ClipboardEvent("paste", options));
        }"""
    )
    expect(barcodes.first).to_have_value("111")
    expect(page.locator("[data-unsaved]")).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    expect(barcodes.first).to_be_focused()
    page.get_by_role("button", name="Save", exact=True).last.click()
    expect(page.locator("#messages")).to_contain_text("changed.")


@pytest.mark.parametrize(("size", "scheme"), [(PHONE, "dark"), (DESK, "light")])
def test_axe_has_nothing_to_say_of_the_dashboard(
    sign_in: Callable[..., Page], order: Order, size: dict[str, int], scheme: str
) -> None:
    """Each page and a form, in both schemes; nothing is wider than the screen."""
    from axe_playwright_python.sync_playwright import Axe

    axe, page = Axe(), sign_in(viewport=size, color_scheme=scheme)
    ada = make.customer(name="Ada Lovelace")
    draft = open_draft(by=By(Actor.STAFF, label="ada"), customer=ada, title="By phone")
    baskets.add(draft.basket, Variant.objects.get(sku="BOWL"), 1)
    order_path = f"orders/{order.number}/"
    for path in (
        "",
        "orders/",
        "orders/?payment=paid",
        order_path,
        f"{order_path}act/pack/",
        f"{order_path}act/refund/",
        f"orders/print/packing-slips/?number={order.number}",
        "search/?q=ada",
        "products/",
        "products/?stock=in&q=bowl",
        "products/new/",
        *(
            f"products/{Product.objects.order_by('pk')[0].uuid}/{rest}"
            for rest in ("", "variants/", "pictures/", "history/")
        ),
        f"products/act/prices/?row={Product.objects.order_by('pk')[0].pk}",
        f"products/act/stock/?row={Product.objects.order_by('pk')[0].pk}",
        "orders/drafts/",
        "orders/new/",
        f"orders/drafts/{draft.basket.uuid}/?q=mug",
        f"orders/drafts/{draft.basket.uuid}/act/address/",
        f"orders/drafts/{draft.basket.uuid}/act/place/",
        "customers/",
        f"customers/{ada.uuid}/",
        f"customers/{ada.uuid}/act/erase/",
    ):
        page.goto(f"/dashboard/{path}")
        violations = axe.run(page).response["violations"]
        assert [(path, entry["id"], entry["nodes"][0]["html"][:200]) for entry in violations] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], path
