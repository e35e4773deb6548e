"""Promotions as people meet them: on cards, as hints, and in the answer to how a total came about."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tradepost.inventory.models import StockLevel
from tradepost.promotions.models import CheapestFree, MinimumValue, PercentageOff
from tradepost.testing import factories as make

from .conftest import PHONE
from .test_purchase import Visit, add

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def offers() -> None:
    """Three bowls for two, 10 % off from 30.00 on."""
    CheapestFree.objects.create(
        promotion=make.promotion("bowls", label="3 for 2 on bowls"), quantity=3, products=["bowl"]
    )
    StockLevel.objects.filter(variant__sku="BOWL").update(on_hand=5)  # nobody is told to add what isn't there
    much = make.promotion("much")
    PercentageOff.objects.create(promotion=much, percent=10, target="order")
    MinimumValue.objects.create(promotion=much, amount=30, currency="EUR")


def is_as_wide_as_the_screen(page: Page) -> bool:
    """Nothing sticks out, so that nobody scrolls sideways."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"))


@pytest.mark.parametrize("java_script", [True, False])
def test_a_phone_shows_badges_hints_and_how_the_total_came_about(visit: Visit, java_script: bool) -> None:
    """With and without JavaScript; the bar follows the basket, and the answer is folded away until it is asked for."""
    offers()
    page = visit(viewport=PHONE, java_script_enabled=java_script)
    page.goto("/c/cups/")
    expect(page.locator(".card", has_text="Bowl").locator(".badge")).to_have_text("3 for 2")
    if java_script:
        add(page)
    else:
        page.goto("/products/bowl/")
        page.get_by_role("button", name="Add to basket").click()
    page.goto("/basket/")

    expect(page.locator(".hints li")).to_have_text(
        ["Add 2 more for “3 for 2 on bowls”. 33 %", "€22.00 more for 10 % off. 26 %"]
    )
    answer = page.get_by_text("1 × €8.00", exact=True)
    expect(answer).to_be_hidden()
    page.get_by_text("How is this calculated?").click()
    expect(answer).to_be_visible()
    assert is_as_wide_as_the_screen(page)
    page.locator("input[name=quantity]").first.fill("2")
    if java_script:
        page.locator("input[name=quantity]").first.press("Tab")
    else:
        page.get_by_role("button", name="Change").click()
    expect(page.locator(".hints li").first).to_contain_text("Add 1 more for “3 for 2 on bowls”.")
    expect(page.locator(".hints progress").first).to_have_attribute("value", "66")
