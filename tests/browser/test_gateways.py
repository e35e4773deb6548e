"""The sandbox's page that tries each gateway against a fake of its provider: paid, and with one thing going wrong."""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE
from tests.browser.gateway_urls import SANDBOX
from tests.browser.test_purchase import step
from tests.fakes.mpesa_server import MpesaServer
from tests.gateways.mpesa.kenyan_shop import open_in_kenya
from tradepost.payments.models import Payment

pytestmark = [pytest.mark.browser, pytest.mark.slow]
Visit = Callable[..., Page]


@pytest.fixture
def provider_fakes(visit: Visit, settings: Any, live_server: Any) -> Visit:
    """The sandbox's page in the test's shop, with each provider's fake."""
    fakes = importlib.import_module("provider_fakes.fakes")
    settings.TRADEPOST_SHOP = {"NAME": "Tried", "URL": live_server.url}
    settings.TRADEPOST_PAYMENTS = {"GATEWAYS": fakes.methods(live_server.url)}
    settings.ROOT_URLCONF = "tests.browser.gateway_urls"
    templates = [{**engine, "DIRS": [SANDBOX / "provider_fakes" / "templates"]} for engine in settings.TEMPLATES]
    settings.TEMPLATES = templates

    def begin(alias: str, **options: Any) -> Page:
        page = visit(**options)
        page.goto("/try-gateways/")
        page.locator(f"button[name=method][value={alias}]").click()
        expect(page.locator("#payment-status")).to_have_text("Waiting for the customer")
        return page

    return begin


def break_next(page: Page, fault: str) -> None:
    """Let the next call go wrong."""
    page.get_by_label("The next call meets").select_option(fault)
    page.get_by_role("button", name="Let it go wrong").click()
    expect(page.locator("#messages")).to_contain_text("goes wrong")


def at_the_provider(page: Page, what: str = "Pay") -> None:
    """The customer's steps there."""
    page.locator("#main a.button").first.click()
    page.get_by_role("button", name=what, exact=True).click()


def details(page: Page, town: str) -> None:
    """The first two steps of the checkout."""
    page.goto("/checkout/")
    page.get_by_label("E-mail").fill("ada@example.com")
    page.get_by_label("Name", exact=True).first.fill("Ada Lovelace")
    page.get_by_label("Street and number").first.fill("1 Road")
    page.get_by_label("Town").first.fill(town)
    page.get_by_label("Country").first.select_option("KE")
    page.get_by_role("button", name="Continue").click()
    step(page, "Delivery")
    page.get_by_label("Parcel").check()
    page.get_by_role("button", name="Continue").click()
    step(page, "Payment")


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name).click()


def agree(page: Page, status: str, order: str = "Confirmed") -> None:
    expect(page.locator("#payment-status")).to_have_text(status)
    expect(page.locator("#order-status")).to_have_text(order)
    expect(page.locator("#books")).to_have_attribute("data-agree", "yes")


ALL = ("stripe", "paypal", "razorpay", "paystack", "chapa", "mpesa")


@pytest.mark.parametrize("alias", ALL)
def test_each_gateway_is_paid_and_its_books_agree(provider_fakes: Visit, alias: str) -> None:
    """Paid at the provider, told by three copies of each delivery: one payment, the same in both books."""
    page = provider_fakes(alias)
    at_the_provider(page)
    press(page, "Deliver each three times")
    expect(page.locator("#messages")).to_contain_text("answered 200")
    press(page, "Ask ")

    agree(page, "Paid")
    assert Payment.objects.get().transactions.filter(kind="capture").count() == 1


@pytest.mark.parametrize(
    ("alias", "fault"), [("paypal", "latency"), ("chapa", "html"), ("mpesa", "drop_before"), ("stripe", "error_500")]
)
def test_a_way_back_without_an_answer_is_asked_again(provider_fakes: Visit, alias: str, fault: str) -> None:
    """The customer has paid, and the shop can't know it; asked once more it does, and nothing is charged twice."""
    page = provider_fakes(alias)
    break_next(page, fault)
    at_the_provider(page)
    expect(page.locator("#order-status")).to_have_text("Pending")
    press(page, "Ask ")

    agree(page, "Paid")
    expect(page.locator("#books tbody tr").last.locator("td")).to_have_text(["1", "1"])


@pytest.mark.parametrize(
    ("alias", "fault"), [("stripe", "drop_after"), ("razorpay", "error_500"), ("paystack", "drop_after")]
)
def test_a_refund_without_an_answer_is_made_once(provider_fakes: Visit, alias: str, fault: str) -> None:
    """Half goes back; nobody said so; asked again it is found or made, once."""
    page = provider_fakes(alias)
    at_the_provider(page)
    expect(page.locator("#payment-status")).to_have_text("Paid")
    break_next(page, fault)
    press(page, "Refund half")
    expect(page.locator("#ledger li", has_text="refund")).to_contain_text("requested")
    press(page, "Ask ")
    press(page, "The refund arrives")

    agree(page, "Partly refunded")
    assert [row.state for row in Payment.objects.get().transactions.filter(kind="refund")] == ["succeeded"]


@pytest.mark.parametrize("alias", ["stripe", "razorpay", "paystack", "chapa", "mpesa"])
def test_a_decline_takes_nothing(provider_fakes: Visit, alias: str) -> None:
    """The order waits for another attempt."""
    page = provider_fakes(alias)
    at_the_provider(page, "Decline")
    press(page, "Ask ")

    expect(page.locator("#order-status")).to_have_text("Pending")
    expect(page.locator("#books")).to_have_attribute("data-agree", "yes")
    assert not Payment.objects.get().transactions.exclude(kind="void").exists()


def test_it_is_authorised_and_then_captured_on_a_phone(provider_fakes: Visit) -> None:
    """At 360 pixels nothing is wider than the screen."""
    page = provider_fakes("stripe-hold", viewport=PHONE, has_touch=True, is_mobile=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    at_the_provider(page)
    agree(page, "Authorised")
    press(page, "Capture")

    agree(page, "Paid")
    page.goto("/try-gateways/")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_a_phone_is_asked_for_at_the_checkout(visit: Visit, settings: Any) -> None:
    """On a phone: another method hides the field; a wrong number is marked and focused; the right one rings."""
    with MpesaServer() as server:
        open_in_kenya(settings, server)
        cash = {"BACKEND": "tradepost.gateways.manual.CashOnDelivery", "LABEL": "Cash"}
        settings.TRADEPOST_PAYMENTS["GATEWAYS"]["cash"] = cash
        page = visit(viewport=PHONE, has_touch=True, is_mobile=True)
        page.goto("/products/kiondo/")
        page.get_by_role("button", name="Add to basket").click()
        expect(page.locator("#messages")).to_contain_text("has been added to your basket")
        details(page, "Nairobi")
        number = page.get_by_label("M-Pesa number")
        page.get_by_label("Cash").check()
        expect(number).to_be_hidden()
        page.get_by_label("M-Pesa", exact=True).check()
        expect(number).to_be_visible()
        number.fill("12345")
        page.get_by_role("button", name="Continue").click()
        expect(number).to_be_focused()
        expect(number).to_have_accessible_description(re.compile("Please enter a Kenyan mobile number.*your PIN"))
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]

        number.fill("0712 345 678")
        page.get_by_role("button", name="Continue").click()
        page.get_by_role("button", name="Buy now for").click()
        expect(page.get_by_text("Check your phone, and enter your M-Pesa PIN.")).to_be_visible()
        payment = Payment.objects.get()
        server.pay(payment.provider_ref)
        page.get_by_role("link", name="I have paid").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Thank you for your order")
