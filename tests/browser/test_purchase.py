"""Whole purchases, as people make them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tradepost.basket.models import Basket
from tradepost.orders.models import Order
from tradepost.payments.models import Payment

from .conftest import PHONE

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Visit = Callable[..., Page]


def add(page: Page, slug: str = "bowl") -> None:
    """Put one of a product into the basket."""
    page.goto(f"/products/{slug}/")
    page.get_by_role("button", name="Add to basket").click()
    expect(page.locator("#messages")).to_contain_text("has been added to your basket")


def step(page: Page, name: str) -> None:
    """Wait until a step of the checkout is open."""
    expect(page.locator("[aria-current=step] h2")).to_have_text(name)


def check_out(page: Page, *, method: str = "Card") -> None:
    """From the basket to the last step."""
    page.goto("/basket/")
    page.get_by_role("link", name="Check out").click()
    step(page, "Contact and address")
    page.get_by_label("E-mail").fill("ada@example.com")
    page.get_by_label("Name", exact=True).first.fill("Ada Lovelace")
    page.get_by_label("Street and number").first.fill("1 Road")
    page.get_by_label("Postcode").first.fill("10115")
    page.get_by_label("Town").first.fill("Berlin")
    page.get_by_role("button", name="Continue").click()
    step(page, "Delivery")
    page.get_by_label("Parcel").check()
    page.get_by_role("button", name="Continue").click()
    step(page, "Payment")
    page.get_by_label(method).check()
    page.get_by_role("button", name="Continue").click()
    step(page, "Order")


def buy(page: Page) -> None:
    """Press the button, and be at the bank."""
    page.get_by_role("button", name="Buy now for").click()
    expect(page).to_have_title("Demonstration bank")


def test_a_guest_buys_with_a_second_proof(visit: Visit) -> None:
    """From the home page by category to a variant, the bank's 3-D Secure, and the thanks."""
    page = visit()
    page.get_by_role("navigation", name="Categories").get_by_role("link", name="Cups").click()
    page.get_by_role("link", name="Mug").click()
    page.get_by_role("radio", name="Large").click()
    expect(page.locator(".buy-price")).to_contain_text("€14.00")
    page.get_by_role("button", name="Add to basket").click()
    expect(page.locator("#basket-link .count")).to_contain_text("1")
    check_out(page)
    expect(page.locator(".aside")).to_contain_text("€19.00")
    buy(page)
    page.get_by_role("button", name="Pay with 3-D Secure").click()
    page.get_by_role("button", name="Yes, it’s me").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you for your order")
    order = Order.objects.get()
    expect(page.get_by_text(order.number)).to_be_visible()
    assert (order.status, order.total, order.lines.get().sku) == ("confirmed", 19, "MUG-Large")
    assert order.payments.get().status == "captured"


def test_a_customer_buys_and_finds_the_order(visit: Visit, django_user_model: Any) -> None:
    """The guest's basket comes along at sign-in; the order is in their list."""
    user = django_user_model.objects.create_user("ada", "ada@example.com", "correct horse")
    page = visit()
    add(page)
    page.get_by_role("link", name="Sign in").click()
    page.get_by_label("E-mail or username").fill("ada")
    page.get_by_label("Password").fill("correct horse")
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator("#basket-link .count")).to_contain_text("1")
    check_out(page)
    buy(page)
    page.get_by_role("button", name="Pay", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you for your order")
    page.get_by_role("link", name="Account", exact=True).click()

    order = Order.objects.get()
    page.get_by_role("link", name=f"Order {order.number}").click()
    expect(page.locator(".stage")).to_have_text("Paid")
    assert order.customer is not None
    assert order.customer.user == user


def test_a_declined_card_is_tried_again(visit: Visit) -> None:
    """The order is kept; the second attempt pays it."""
    page = visit()
    add(page)
    check_out(page)
    buy(page)
    page.get_by_role("button", name="Decline").click()
    expect(page.locator("#messages")).to_contain_text("The payment didn’t go through")
    page.get_by_role("button", name="Pay €13.00").click()
    expect(page).to_have_title("Demonstration bank")
    page.get_by_role("button", name="Pay", exact=True).click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you for your order")
    assert Order.objects.get().status == "confirmed"
    assert list(Payment.objects.values_list("status", flat=True)) == ["failed", "captured"]


def test_who_left_the_bank_takes_the_order_back(visit: Visit) -> None:
    """The order waits on the basket's page; taken back, it is in the basket again."""
    page = visit()
    add(page)
    check_out(page)
    buy(page)
    page.get_by_role("button", name="Leave without deciding").click()
    expect(page.locator("#messages")).to_contain_text("You haven’t paid yet")
    page.goto("/basket/")
    page.get_by_role("button", name="Move back to basket").click()

    expect(page.locator("#messages")).to_contain_text("Everything is back in your basket")
    expect(page.get_by_label("Quantity of Bowl")).to_have_value("1")
    assert (Order.objects.get().status, Basket.objects.get().status) == ("cancelled", "open")


def test_a_double_click_and_the_way_back_make_one_order(visit: Visit) -> None:
    """However often the button is pressed."""
    page = visit()
    add(page)
    check_out(page)
    page.get_by_role("button", name="Buy now for").dblclick()
    expect(page).to_have_title("Demonstration bank")
    page.goto("/checkout/?step=review")
    expect(page.get_by_text("You have an unpaid order")).to_be_visible()

    assert Order.objects.count() == 1
    assert Payment.objects.count() == 1


def test_too_many_are_cut_to_what_is_left(visit: Visit) -> None:
    """The page follows the field at once, says why the way on is shut, and opens it again."""
    page = visit()
    add(page)
    page.goto("/basket/")
    page.get_by_label("Quantity of Bowl").fill("5")
    page.get_by_label("Quantity of Bowl").press("Enter")
    expect(page.get_by_text("Only 2 left.")).to_be_visible()
    expect(page.locator(".sums .sum")).to_contain_text("€40.00")
    page.get_by_role("button", name="Change to 2").click()

    expect(page.get_by_label("Quantity of Bowl")).to_have_value("2")
    expect(page.get_by_role("link", name="Check out")).to_be_visible()


def test_wrong_details_are_marked_and_focused(visit: Visit) -> None:
    """The first wrong field has the focus, and its message is tied to it."""
    page = visit()
    add(page)
    page.goto("/checkout/")
    page.get_by_role("button", name="Continue").click()

    email = page.get_by_label("E-mail")
    expect(email).to_have_attribute("aria-invalid", "true")
    expect(email).to_be_focused()
    expect(email).to_have_accessible_description("Only used for messages about your order. This field is required.")


def test_filters_change_the_list_and_its_address(visit: Visit) -> None:
    """Without a new page; the address can be shared."""
    page = visit()
    page.goto("/search/")
    page.get_by_label("Sort by").select_option("Price, high to low")
    expect(page.locator(".card-name").first).to_have_text("Mug")
    page.get_by_label("from", exact=True).fill("9")
    page.get_by_label("from", exact=True).press("Enter")

    expect(page.locator(".card-name")).to_have_text(["Mug"])
    expect(page).to_have_url(re.compile("price_min=9"))


def test_it_works_on_a_phone(visit: Visit) -> None:
    """At 360 pixels nothing is wider than the screen, from the home page to the thanks."""
    page = visit(viewport=PHONE, has_touch=True, is_mobile=True)

    def fits() -> None:
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], page.url

    for url in ("/", "/c/cups/", "/search/?q=nothing", "/products/mug/", "/account/register/"):
        page.goto(url)
        fits()
    add(page, "mug")
    page.goto("/basket/")
    fits()
    check_out(page)
    fits()
    buy(page)
    fits()
    page.get_by_role("button", name="Pay", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you for your order")
    fits()


def test_it_works_without_scripts(visit: Visit) -> None:
    """Every form is a plain one."""
    page = visit(java_script_enabled=False)
    page.goto("/products/mug/")
    page.get_by_role("radio", name="Large").click()
    page.get_by_role("button", name="Choose").click()
    expect(page.locator(".buy-price")).to_contain_text("€14.00")
    page.get_by_role("button", name="Add to basket").click()
    expect(page.locator("#messages")).to_contain_text("has been added to your basket")
    check_out(page)
    buy(page)
    page.get_by_role("button", name="Pay", exact=True).click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you for your order")
    assert Order.objects.get().status == "confirmed"


def test_the_keyboard_skips_to_the_content(visit: Visit) -> None:
    """The first stop is a link past the header."""
    page = visit()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    page.keyboard.press("Enter")

    expect(page.locator("#main")).to_be_focused()
