"""A card is kept and used again in a real browser, at a phone's width."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from playwright.sync_api import Page, expect

from .conftest import PHONE
from .test_purchase import add, step

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def shop(shop: None, settings: Any) -> None:
    """Its cards may be saved."""
    gateways = settings.TRADEPOST_PAYMENTS["GATEWAYS"]
    settings.TRADEPOST_PAYMENTS = {"GATEWAYS": {**gateways, "card": {**gateways["card"], "SAVES": True}}}
    get_user_model().objects.create_user("anna", "anna@example.com", "a-long-secret")


def to_payment(page: Page) -> None:
    """Put a bowl into the basket, and say everything but how it is paid."""
    add(page)
    page.goto("/basket/")
    page.get_by_role("link", name="Check out").click()
    step(page, "Contact and address")
    page.get_by_label("E-mail").fill("anna@example.com")
    page.get_by_label("Name", exact=True).first.fill("Anna B")
    page.get_by_label("Street and number").first.fill("1 Road")
    page.get_by_label("Postcode").first.fill("10115")
    page.get_by_label("Town").first.fill("Berlin")
    page.get_by_role("button", name="Continue").click()
    step(page, "Delivery")
    page.get_by_label("Parcel").check()
    page.get_by_role("button", name="Continue").click()
    step(page, "Payment")


def order(page: Page) -> None:
    """From the way to pay to the button."""
    page.get_by_role("button", name="Continue").click()
    step(page, "Order")
    page.get_by_role("button", name="Buy now for").click()


def fits(page: Page) -> bool:
    """Nothing is wider than the phone."""
    return bool(page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"])


def test_a_card_is_kept_used_and_removed(visit: Callable[..., Page]) -> None:
    """The box is seen only under the way to pay that it is for; the next order is paid without the bank's page."""
    page = visit(viewport=PHONE)
    page.goto("/account/sign-in/")
    page.locator("input[name=username]").fill("anna")
    page.locator("input[name=password]").fill("a-long-secret")
    page.locator("main").get_by_role("button", name="Sign in").click()
    to_payment(page)
    keep = page.get_by_label("Keep this card for my next orders")
    page.get_by_label("Transfer", exact=True).check()
    expect(keep).to_be_hidden()
    page.get_by_label("Card", exact=True).check()
    expect(keep).not_to_be_checked()
    keep.check()
    assert fits(page)
    order(page)
    expect(page).to_have_title("Demonstration bank")
    page.get_by_role("button", name="Pay", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you for your order")

    to_payment(page)
    expect(page.get_by_label("Visa •••• 4242")).to_be_checked()
    assert fits(page)
    order(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you for your order")

    page.goto("/orders/")
    page.get_by_role("link", name="Your account").click()
    page.get_by_role("link", name="Payment methods").click()
    assert fits(page)
    page.get_by_role("button", name="Remove Visa •••• 4242").click()
    expect(page.get_by_text("Visa •••• 4242 was removed.")).to_be_visible()
    expect(page.get_by_text("You have no saved payment methods.")).to_be_visible()
