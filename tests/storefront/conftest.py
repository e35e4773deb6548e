"""A small shop with a card provider, and a visitor with a browser without JavaScript."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.http import HttpResponse
from django.test import Client
from django.urls import clear_url_caches, include, path, set_urlconf

from tradepost.catalogue.models import Variant
from tradepost.orders.models import Order
from tradepost.shipping.models import FlatRate
from tradepost.storefront.account.menu import AccountMenu, account_menu
from tradepost.storefront.routers import Router
from tradepost.testing import factories as make

DUMMY = "tradepost.gateways.dummy.DummyGateway"
BANK = "tradepost.gateways.manual.BankTransfer"
DETAILS = {
    "email": "ada@example.com",
    "shipping-name": "Ada Lovelace",
    "shipping-line1": "1 Road",
    "shipping-postcode": "10115",
    "shipping-city": "Berlin",
    "shipping-country": "DE",
}


class Visitor:
    """Somebody who looks and buys. Every answer is kept in :attr:`page`, redirects followed."""

    def __init__(self) -> None:
        self.client = Client()
        self.page: Any = None

    def get(self, url: str, **headers: str) -> HttpResponse:
        """Open a page."""
        self.page = self.client.get(url, follow=True, headers=headers)
        return self.page

    def post(self, url: str, data: dict[str, Any] | None = None, *, follow: bool = True, **headers: str) -> Any:
        """Send a form."""
        self.page = self.client.post(url, data or {}, follow=follow, headers=headers)
        return self.page

    def add(self, variant: Variant, quantity: int = 1) -> None:
        """Put something into the basket."""
        data = {"sku": variant.sku, "quantity": quantity}
        assert self.post("/basket/add/", data, follow=False).status_code == 303

    def say(self, *, method: str = "card", **details: str) -> None:
        """Fill in the checkout's first three steps."""
        for step, data in (("details", {**DETAILS, **details}), ("delivery", {"method": "parcel"})):
            answer = self.post(f"/checkout/{step}/", data, follow=False)  # the pages between have tests of their own
            assert answer.status_code == 303, (step, answer.content.decode())
        self.post("/checkout/payment/", {"method": method})
        assert self.page.context["step"] == "review", self.page.context["view"].requirements

    def order_form(self) -> dict[str, str]:
        """Fields of the form with the button."""
        context = self.page.context
        return {
            "basket": str(context["basket"].uuid),
            "total": str(context["total"]),
            "currency": context["totals"].currency,
        }

    def place(self, form: dict[str, str] | None = None) -> Any:
        """Press the button; redirects aren't followed."""
        return self.post("/checkout/place/", form or self.order_form(), follow=False)

    def buy(self, variant: Variant, *, method: str = "card") -> Order:
        """Everything from the product to the placed order."""
        self.add(variant)
        self.say(method=method)
        self.place()
        return Order.objects.latest("pk")

    @property
    def text(self) -> str:
        """The text of the page, without its line breaks."""
        return " ".join(self.page.content.decode().split())


@pytest.fixture
def guest(shop: None) -> Visitor:
    """Nobody we know."""
    return Visitor()


@pytest.fixture
def shop(db: None, settings: Any, tmp_path: Path) -> None:
    """The shop is open."""
    open_shop(settings, tmp_path)


def open_shop(settings: Any, folder: Path) -> None:
    """Delivery for 5.00, a dummy bank with a page of its own, a bank transfer."""
    FlatRate.objects.create(code="parcel", name="Parcel", currency="EUR", amount=Decimal(5))
    settings.TRADEPOST_PRICING = {"CURRENCIES": ("EUR", "USD")}
    settings.TRADEPOST_STOREFRONT = {"COUNTRY": "DE"}
    options = {"scenario": "requires_redirect", "allow": True, "path": str(folder / "books.sqlite3")}
    settings.TRADEPOST_PAYMENTS = {
        "GATEWAYS": {
            "card": {"BACKEND": DUMMY, "OPTIONS": options, "LABEL": "Card"},
            "transfer": {
                "BACKEND": BANK,
                "OPTIONS": {"account_holder": "The shop", "iban": "DE02120300000000202051"},
                "EXPIRES_AFTER": timedelta(days=7),
            },
        }
    }


@pytest.fixture
def mug(shop: None) -> Variant:
    """Something for 10.00, of which five are there."""
    return make.variant(product=make.product(name="Mug", slug="mug"), sku="MUG", price="10.00", on_hand=5)


@pytest.fixture
def own_urls(settings: Any) -> Iterator[Router]:
    """A router whose addresses are the project's once the test asks for a page."""
    router = Router()
    module: Any = ModuleType("own_urls")
    module.urlpatterns = _Patterns(router)
    settings.ROOT_URLCONF = module
    yield router
    clear_url_caches()
    set_urlconf(None)


@pytest.fixture
def without_accounts(own_urls: Router, monkeypatch: pytest.MonkeyPatch) -> None:
    """The shop has no ``tradepost.accounts``: sign-in and registration are those of Django's users."""
    monkeypatch.delitem(apps.app_configs, "tradepost_accounts")
    own_urls.__init__()  # type: ignore[misc]


@pytest.fixture
def own_menu() -> Iterator[AccountMenu]:
    """The shop's menu, as it was again after the test."""
    before = dict(account_menu._entries)
    yield account_menu
    account_menu._entries = before


class _Patterns(list[Any]):
    """Made when they are first asked for, that a test can change the router before."""

    def __init__(self, router: Router) -> None:
        self.router = router

    def __iter__(self) -> Iterator[Any]:
        if not len(self):
            self.extend([path("admin/", admin.site.urls), path("", include((self.router.urls, "tradepost")))])
        return super().__iter__()

    def __reversed__(self) -> Iterator[Any]:
        return iter(list(self)[::-1])
