"""The account's menu: our entries, and those that a project adds, replaces and drops."""

from __future__ import annotations

import re
from copy import copy
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth import get_user_model
from django.http import HttpRequest

from tradepost.catalogue.models import Variant
from tradepost.core.errors import Misused
from tradepost.customers.models import Customer, CustomerGroup, Tier
from tradepost.customers.services import customer_for, set_tier
from tradepost.orders.models import Order
from tradepost.storefront.account.menu import AccountEntry, AccountMenu
from tradepost.storefront.routers import Router
from tradepost.testing import assert_queries

from ..conftest import Visitor


def entries(page: Any) -> list[str]:
    """Texts of the menu's links on a page."""
    [menu] = re.findall(r'<nav class="account-menu".*?</nav>', page.content.decode(), re.DOTALL)
    return re.findall(r"<li><a [^>]*>([^<]*)</a>", menu)


def buys(visitor: Visitor, variant: Variant, times: int) -> None:
    """Place one order, and copy it for the rest: X1, X2, …"""
    placed = visitor.buy(variant, method="transfer")
    copies = [copy(placed) for _ in range(times - 1)]
    for number, order in enumerate(copies, start=1):
        order.pk, order.uuid, order.number, order.source_key = None, uuid4(), f"X{number}", None
        order.access_token_hash = f"{number:064}"
    Order.objects.bulk_create(copies)


@pytest.fixture
def anna(shop: None) -> Visitor:
    """Somebody who is signed in."""
    user = get_user_model().objects.create_user("anna", "anna@example.com", "secret", first_name="Anna")
    customer_for(user)
    visitor = Visitor()
    visitor.client.force_login(user)
    return visitor


def test_the_overview_shows_who_the_customer_is(anna: Visitor, mug: Variant) -> None:
    """Name, address and the latest three orders of four."""
    buys(anna, mug, 4)

    anna.get("/account/")

    assert anna.page.status_code == 200
    assert "Hello, Anna" in anna.text
    assert "anna@example.com" in anna.text
    assert [row["order"].number for row in anna.page.context["rows"]] == ["X3", "X2", "X1"]
    assert '<a href="/account/" aria-current="page">Overview</a>' in anna.text
    anna.get("/orders/X3/")
    assert '<a href="/orders/">Your orders</a>' in anna.text
    anna.get("/account/")
    assert anna.page["Cache-Control"] == "max-age=0, no-cache, no-store, must-revalidate, private"


def test_a_user_who_never_bought_has_an_account_too(shop: None) -> None:
    """Without a customer, and none is made by looking."""
    visitor = Visitor()
    visitor.client.force_login(get_user_model().objects.create_user("bob", "bob@example.com", "secret"))

    visitor.get("/account/")

    assert "You haven’t ordered anything yet." in visitor.text
    assert visitor.get("/account/profile/").status_code == 200
    assert not Customer.objects.exists()


@pytest.mark.parametrize("path", ["/account/", "/account/profile/", "/orders/"])
def test_guests_sign_in_first_and_come_back(guest: Visitor, path: str) -> None:
    """The page that was asked for is where the sign-in leads."""
    guest.get(path)

    assert guest.page.redirect_chain == [(f"/account/sign-in/?next={path}", 302)]


def test_the_header_leads_to_the_account(anna: Visitor, guest: Visitor) -> None:
    """Guests sign in there."""
    anna.get("/")
    assert '<a href="/account/">' in anna.text

    guest.get("/")
    assert '<a href="/account/">' not in guest.text


@pytest.mark.usefixtures("without_accounts")
def test_a_shop_without_accounts_keeps_orders_and_sign_in(anna: Visitor) -> None:
    """No overview, no menu for a single entry, and the header leads to the orders."""
    assert anna.get("/account/").status_code == 404
    anna.get("/orders/")
    assert anna.page.status_code == 200
    assert "account-menu" not in anna.text
    assert '<a href="/orders/">' in anna.text
    assert "Forgot your password?" not in Visitor().get("/account/sign-in/").content.decode()


def test_a_project_adds_replaces_and_drops_entries(anna: Visitor, own_menu: AccountMenu, own_urls: Router) -> None:
    """Before another one or at the end; where it leads nowhere, or isn't for this customer, it isn't shown."""

    def is_trade(request: HttpRequest) -> bool:
        return str(request.user) == "theo"

    own_urls.add("wishes", "account/wishes/", lambda request: None)
    own_menu.add(AccountEntry("wishes", "Wish list"), before="profile")
    own_menu.add(AccountEntry("nowhere", "Nowhere"))
    own_menu.add(AccountEntry("basket", "Trade basket", is_trade))
    own_menu.replace(AccountEntry("orders", "Purchases"))
    own_menu.drop("account")

    shown = entries(anna.get("/orders/"))

    assert "Nowhere" not in shown
    assert "Trade basket" not in shown
    assert "Overview" not in shown
    assert shown[0] == "Purchases"
    assert shown.index("Wish list") == shown.index("Profile") - 1


def test_a_name_that_isnt_there_is_told(own_menu: AccountMenu) -> None:
    """With those that are; and nothing has changed."""
    before = list(own_menu._entries)

    with pytest.raises(Misused, match=r"no entry 'oders'; there are: account, orders"):
        own_menu.drop("oders")
    with pytest.raises(Misused, match="no entry 'oders'"):
        own_menu.replace(AccountEntry("oders", "Orders"))
    with pytest.raises(Misused, match="no entry 'oders'"):
        own_menu.add(AccountEntry("wishes", "Wish list"), before="oders")
    with pytest.raises(Misused, match=r"put yours there with replace\(\)"):
        own_menu.add(AccountEntry("orders", "Orders"))

    assert list(own_menu._entries) == before


@pytest.mark.parametrize("orders", [1, 50])
def test_the_overview_costs_the_same_for_any_number_of_orders(anna: Visitor, mug: Variant, orders: int) -> None:
    """Session, user, customer, orders with their open units, addresses, the proven address, the basket, the versions."""
    buys(anna, mug, orders)
    anna.get("/account/")

    with assert_queries(at_most=8):
        anna.get("/account/")


def test_a_profile_is_saved_as_a_whole(anna: Visitor, settings: Any) -> None:
    """And a language that the shop hasn't is refused beside its field; nothing has changed then."""
    form = {"name": "Anna B", "phone": "+49 30 1234", "birth_date": "1990-02-28", "language": "de"}
    anna.post("/account/profile/", form)
    assert "Saved." in anna.text
    customer = Customer.objects.get()
    assert (customer.name, customer.phone, customer.language) == ("Anna B", "+49 30 1234", "de")
    assert (customer.phone_e164, customer.birth_date) == ("+49301234", date(1990, 2, 28))
    assert 'value="1990-02-28"' in anna.get("/account/profile/").content.decode()

    anna.post("/account/profile/", {"name": "Eve", "phone": "", "language": "tlh"})

    assert anna.page.status_code == 422
    assert "language" in anna.page.context["form"].errors
    assert Customer.objects.get().name == "Anna B"


def test_a_shop_in_one_language_asks_for_none(anna: Visitor, settings: Any) -> None:
    """The customer's own from before stays."""
    Customer.objects.update(language="de")
    settings.LANGUAGES = [("en", "English")]

    assert "Language of our messages" not in anna.get("/account/profile/").content.decode()
    anna.post("/account/profile/", {"name": "Eve", "phone": "", "birth_date": ""})
    assert Customer.objects.values_list("name", "language").get() == ("Eve", "de")


def test_the_overview_shows_the_tier(anna: Visitor) -> None:
    """And what the next one takes; nothing in a shop without tiers."""
    anna.get("/account/")
    assert "Your tier" not in anna.text
    group = CustomerGroup.objects.create(code="gold", name="Gold")
    rule = {"threshold": "500", "currency": "EUR", "period_days": 365}
    gold = Tier.objects.create(code="gold", name="Gold", rank=1, group=group, **rule)

    anna.get("/account/")
    assert "Spend €500.00 more to reach Gold." in anna.text
    assert "€0.00 of €500.00 in the last 365 days." in anna.text
    assert '<progress max="500.00" value="0.00"' in anna.text

    set_tier(Customer.objects.get(), gold, until=datetime(2099, 3, 10, 12, tzinfo=UTC))
    anna.get("/account/")
    assert "Your tier: Gold" in anna.text
    assert "It’s yours until March 10, 2099." in anna.text
    assert "more to reach" not in anna.text
