"""An account from the guest's order to the sign-in with a new password, in a real browser; and axe's opinion of its pages."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.accounts.people import PASSWORD, account
from tests.storefront.account.conftest import mails, path_in

from .conftest import PHONE
from .test_purchase import add, buy, check_out

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Visit = Callable[..., Page]
NEW = "another-harbour-8"
EMAIL = "ada@example.com"
GUESTS = ("sign-in/", "register/", "reset/", "check-mail/", "reset/link/")
OWN = ("", "addresses/", "addresses/add/", "profile/", "credentials/", "devices/", "close/", "payment-methods/")


def heading(page: Page, text: str) -> None:
    """Wait for a page."""
    expect(page.get_by_role("heading", level=1)).to_have_text(text)


def open_link(page: Page) -> None:
    """Follow the link of the only mail about an account since the last time."""
    [message] = [message for message in mails() if "/account/" in message.body]
    page.goto(path_in(message))


def sign_in(page: Page, password: str) -> None:
    """By the shop's page."""
    page.goto("/account/sign-in/")
    page.get_by_label("E-mail or username").fill(EMAIL)
    page.get_by_label("Password", exact=True).fill(password)
    page.locator("main").get_by_role("button", name="Sign in").click()


def test_a_guest_becomes_a_customer_and_forgets_their_password(visit: Visit) -> None:
    """On a phone, from the thanks page on: every step is reached by a link or a button of the page before."""
    page = visit(viewport=PHONE)
    add(page)
    check_out(page)
    buy(page)
    page.get_by_role("button", name="Pay", exact=True).click()
    heading(page, "Thank you for your order")
    page.get_by_role("button", name="Create an account").click()
    heading(page, "Check your e-mail")
    expect(page.locator("main")).to_contain_text(EMAIL)
    open_link(page)
    heading(page, "Choose a password")
    assert "token" not in page.url
    expect(page.get_by_label("Name")).to_have_value("Ada Lovelace")
    password = page.get_by_label("New password")
    password.fill(PASSWORD)
    page.get_by_role("button", name="Show password").click()
    expect(password).to_have_attribute("type", "text")
    page.get_by_role("button", name="Create my account").click()

    heading(page, "Your orders")
    expect(page.get_by_role("link", name=re.compile("Order 1"))).to_be_visible()
    page.get_by_role("link", name="Your account").click()
    heading(page, "Hello, Ada Lovelace")
    menu = page.get_by_role("navigation", name="Your account")
    menu.get_by_role("link", name="Devices").click()
    expect(page.get_by_text("This device")).to_be_visible()
    page.get_by_role("link", name="Your account").click()
    menu.get_by_role("button", name="Sign out").click()

    page.get_by_role("link", name="Sign in").click()
    page.get_by_role("link", name="Forgot your password?").click()
    page.get_by_label("E-mail").fill(EMAIL)
    page.get_by_role("button", name="Send the link").click()
    heading(page, "Check your e-mail")
    open_link(page)
    page.get_by_label("New password").fill(NEW)
    page.get_by_role("button", name="Save the new password").click()
    expect(page.get_by_text("Your password has been changed. Please sign in.")).to_be_visible()
    sign_in(page, NEW)
    heading(page, "Hello, Ada Lovelace")


def test_axe_has_nothing_to_say_of_the_account(visit: Visit) -> None:
    """Names, contrast, landmarks, and nothing wider than a phone; of guests' pages and of customers'."""
    from axe_playwright_python.sync_playwright import Axe

    account(EMAIL, name="Ada")
    axe, page = Axe(), visit(viewport=PHONE)
    faults: dict[str, list[tuple[str, str]]] = {}

    def look(path: str) -> None:
        page.goto(f"/account/{path}")
        violations = axe.run(page).response["violations"]
        faults[path] = [(fault["id"], node["html"][:120]) for fault in violations for node in fault["nodes"]]
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], path

    for path in GUESTS:
        look(path)
    sign_in(page, PASSWORD)
    heading(page, "Hello, Ada")
    for path in OWN:
        look(path)

    assert faults == {path: [] for path in (*GUESTS, *OWN)}


def test_an_unusual_postcode_is_told_while_the_address_is_typed(visit: Visit) -> None:
    """When its field is left, and no longer once it looks right; whoever types on isn't disturbed."""
    account(EMAIL)
    page = visit()
    sign_in(page, PASSWORD)
    page.goto("/account/addresses/add/")
    postcode, town = page.get_by_label("Postcode"), page.get_by_label("Town")
    hint = page.get_by_text("Please check the postcode (Germany: 5 digits, as in 10115).")
    for typed, times in (("1234", 1), ("10115", 0)):
        postcode.fill(typed)
        postcode.press("Tab")
        expect(hint).to_have_count(times)
        expect(postcode).to_have_value(typed)
        expect(town).to_be_focused()
