"""The steps of the pages for merchants (``docs/how-to/shop``), as a browser does them in the admin."""

from __future__ import annotations

import re
from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect


@dataclass(frozen=True, kw_only=True)
class Names:
    """Names of the shop's choices."""

    product_type: str
    category: str
    price_list: str
    location: str


def sign_in(page: Page, username: str, password: str) -> None:
    """As staff, at the admin's door."""
    page.goto("/admin/login/")
    page.get_by_label("Username:").fill(username)
    page.get_by_label("Password:").fill(password)
    page.get_by_role("button", name="Log in").click()


def open_list(page: Page, app: str, name: str) -> None:
    """From the admin's first page to a list."""
    page.goto("/admin/")
    page.locator(f".app-tradepost_{app} tbody").get_by_role("link", name=name, exact=True).click()


def add(page: Page, app: str, plural: str, button: str) -> None:
    """The page that adds a row, from its list."""
    open_list(page, app, plural)
    page.locator(".object-tools").get_by_role("link", name=button).click()


def choose(page: Page, field: str, text: str) -> None:
    """In a box that searches as one types."""
    page.locator(f".field-{field} .select2-selection").click()
    page.keyboard.type(text)
    page.locator(".select2-results__option", has_text=text).first.click()


def save(page: Page) -> None:
    """With the button at the end, which has to work."""
    page.get_by_role("button", name="Save", exact=True).last.click()
    expect(page.locator(".messagelist .success")).to_be_visible()


def row_of(page: Page, text: str) -> Locator:
    """A row of a list, by what stands in it."""
    return page.locator("#result_list tbody tr", has_text=text)


def put_on_sale(page: Page, names: Names, *, name: str, sku: str, price: str, units: str) -> None:
    """The first three pages: a product, its price, its stock."""
    add(page, "catalogue", "Products", "Add product")
    page.get_by_label("Product type:").select_option(label=names.product_type)
    page.get_by_label("Name:", exact=True).fill(name)
    page.get_by_label("Name:", exact=True).press("Tab")  # writes the slug
    choose(page, "categories", names.category)
    page.get_by_text("Add another Variant").click()
    page.locator("#id_variants-0-sku").fill(sku)
    page.get_by_label("Is published").check()
    save(page)

    add(page, "pricing", "Prices", "Add price")
    choose(page, "price_list", names.price_list)
    choose(page, "variant", sku)
    page.get_by_label("Amount:", exact=True).fill(price)
    save(page)

    add(page, "inventory", "Stock levels", "Add stock level")
    choose(page, "variant", sku)
    choose(page, "location", names.location)
    save(page)
    receive(page, sku, units)


def receive(page: Page, sku: str, units: str) -> None:
    """A delivery from the supplier."""
    open_list(page, "inventory", "Stock levels")
    page.goto(f"{page.url}?q={sku}")
    row_of(page, sku).get_by_role("link", name="Receive").click()
    page.get_by_label("Units received:").fill(units)
    page.get_by_role("button", name="Receive").click()


def open_order(page: Page, number: str) -> None:
    """By its number."""
    open_list(page, "orders", "Orders")
    page.get_by_role("link", name=number, exact=True).click()


def ship(page: Page, number: str, tracking: str) -> None:
    """All of an order, packed and handed over."""
    open_order(page, number)
    page.get_by_role("link", name="Pack a shipment").click()
    page.get_by_label("Carrier:").fill("DHL")
    page.get_by_label("Tracking number:").fill(tracking)
    page.get_by_role("button", name="Pack a shipment").click()
    open_order(page, number)
    page.locator(".tp-acts").get_by_role("link", name="Shipments").click()
    row_of(page, number).get_by_role("link").first.click()
    page.get_by_role("link", name="Mark as shipped").click()
    page.get_by_role("button", name="Mark as shipped").click()


def refund(page: Page, number: str, amount: str, reason: str) -> None:
    """A part of what was paid, to the card that it came from."""
    open_order(page, number)
    page.locator(".tp-acts").get_by_role("link", name="Payments").click()
    row_of(page, number).get_by_role("link", name=re.compile(f"^{number}-")).click()
    form = page.locator("#operations form", has=page.get_by_role("button", name="Refund"))
    form.get_by_label(re.compile("^Amount")).fill(amount)
    form.get_by_label("Reason").fill(reason)
    form.get_by_role("button", name="Refund").click()


def promote(page: Page, *, name: str, percent: str, code: str) -> None:
    """So much off all goods for who has the code."""
    add(page, "promotions", "Promotions", "Add promotion")
    page.get_by_label("Name:", exact=True).fill(name)
    page.get_by_label("Name:", exact=True).press("Tab")
    page.get_by_label("Needs coupon").check()
    page.get_by_text("Add another Benefit").click()
    page.locator(".polymorphic-type-menu a:visible", has_text="percent").first.click()
    page.locator("#id_benefits-0-percent").fill(percent)
    page.get_by_text("Add another Coupon").click()
    page.locator("#id_coupons-0-code").fill(code)
    save(page)


def look_at_sales(page: Page, period: str) -> Locator:
    """The page of sales, for some days."""
    open_list(page, "orders", "Orders")
    page.get_by_role("link", name="Sales").click()
    page.get_by_role("link", name=period).click()
    return page.locator("#content")
