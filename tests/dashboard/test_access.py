"""Every page and every button, by every role: as it is declared."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse

from tradepost.accounts.services import shop_roles
from tradepost.checkout.models import Draft
from tradepost.checkout.services import open_draft
from tradepost.core.actors import Actor, By
from tradepost.customers.models import Customer
from tradepost.dashboard.pages import ListPage, RecordPage
from tradepost.dashboard.registry import dashboard
from tradepost.payments.models import Discrepancy
from tradepost.testing import factories as make

from .conftest import ROLES, Desk

pytestmark = pytest.mark.django_db
# What fills the placeholders of pages about a row; a new one fails the test by its name.
ROWS: dict[str, Callable[[Any], dict[str, Any]]] = {
    "order": lambda order: {"number": order.number},
    "discrepancy": lambda order: {"uuid": discrepancy(order).uuid},
    **dict.fromkeys(
        ("product", "product-variants", "product-pictures", "product-history"),
        lambda order: {"uuid": order.lines.first().variant.product.uuid},
    ),
    "draft": lambda order: {"uuid": draft_uuid()},
    "customer": lambda order: {"uuid": customer_uuid()},
    "customer-export": lambda order: {"uuid": customer_uuid()},
}
QUERIES = {"packing-slips": lambda order: {"number": order.number}}


def discrepancy(order: Any) -> Discrepancy:
    """One that is still open."""
    facts = {"order": order, "payment": order.payments.get(), "kind": "differs"}
    return Discrepancy.objects.get_or_create(key="walk", defaults=facts)[0]


def draft_uuid() -> Any:
    """Of the only draft."""
    draft = Draft.objects.select_related("basket").first()
    return (draft or open_draft(by=By(Actor.STAFF))).basket.uuid


def customer_uuid() -> Any:
    """Of the only customer."""
    return (Customer.objects.first() or make.customer()).uuid


def address(key: str, order: Any) -> str:
    """Of a page."""
    page: Any = dashboard.pages.get(key)
    return reverse(f"tradepost_dashboard:{key}", kwargs=ROWS[key](order) if "<" in page.pattern else {})


@pytest.mark.parametrize("role", ROLES)
def test_pages_open_to_those_who_have_the_permission(as_role: Callable[[str], Desk], role: str, paid: Any) -> None:
    """Each page × role; others get a page that says whom to ask, and don't find it in the menu."""
    desk = as_role(role)
    permissions = next(entry.permissions for entry in shop_roles() if entry.code == role)
    menu = desk.get().content.decode()

    for page in dashboard.pages:
        path = address(page.key, paid)
        may = set(page.access.permissions) <= permissions
        answer = desk.client.get(path, QUERIES[page.key](paid) if page.key in QUERIES else {})
        assert answer.status_code == (200 if may else 403), (page.key, role)
        assert may or "Ask an owner" in answer.content.decode()
        shown = answer.content.decode() if may and page.in_menu else menu  # a section is unfolded where one is in it
        assert (f'href="{path}"' in shown) == (may and page.in_menu), (page.key, role)


@pytest.mark.parametrize("role", ROLES)
def test_buttons_open_to_those_who_have_the_permission(
    as_role: Callable[[str], Desk], role: str, paid: Any, settings: Any
) -> None:
    """Each action × role: the form, and what is sent to it; what the order doesn't offer isn't there for anybody."""
    desk = as_role(role)
    permissions = next(entry.permissions for entry in shop_roles() if entry.code == role)
    pages: list[Any] = [page for page in dashboard.pages if issubclass(page, RecordPage)]

    for page, action in [(row, action) for row in pages for action in dashboard.actions(row.key)]:
        if action.form is None:
            continue
        path = reverse(f"tradepost_dashboard:{page.key}_act", kwargs={**ROWS[page.key](paid), "action": action.key})
        sees = set(page.access.permissions) <= permissions
        may = sees and set(action.access.permissions) <= permissions
        for answer in (desk.client.get(path), desk.client.post(path, {"form_key": "x"})):
            assert answer.status_code == (403 if sees and not may else answer.status_code), (action.key, role)
            assert may or answer.status_code in (403, 404), (action.key, role)
            assert not may or answer.status_code in (200, 404, 422), (action.key, role, answer.status_code)


def test_all_pages_need_a_permission_but_the_first() -> None:
    """The first has panels, and each of those says who sees it."""
    assert [page.key for page in dashboard.pages if not page.access.permissions] == ["home"]
    assert [page.key for page in dashboard.pages if not page.access.needs_account] == []
    kinds = [page for page in dashboard.pages if issubclass(page, ListPage | RecordPage)]
    assert len(kinds) >= 2


@pytest.mark.parametrize("path", ["", "orders/", "search/?q=x", "orders/1/act/cancel/"])
def test_guests_are_led_to_the_door_and_back(client: Client, path: str) -> None:
    """A part that htmx asked for sends the whole browser there."""
    answer = client.get(f"/dashboard/{path}")
    part: Any = client.get(
        f"/dashboard/{path}", headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/dashboard/orders/"}
    )

    assert (answer.status_code, answer.headers["Location"].partition("?")[0]) == (302, "/dashboard/sign-in/")
    assert part.headers["HX-Redirect"].startswith("/dashboard/sign-in/?next=http")


def test_customers_are_refused(client: Client) -> None:
    """Though they are signed in; and they can sign in as somebody else."""
    client.force_login(get_user_model().objects.create_user("anna", "anna@example.com", "secret"))
    answer = client.get("/dashboard/")

    assert answer.status_code == 403
    assert "one of the shop’s staff" in answer.content.decode()
    assert "Orders" not in answer.content.decode()


def test_staff_sign_in_and_out(client: Client, shop: None) -> None:
    """By name, with their password; customers don't."""
    users = get_user_model().objects
    users.create_user("anna", "anna@example.com", "secret")
    users.create_user("eve", "eve@example.com", "secret", is_staff=True)

    refused = client.post("/dashboard/sign-in/", {"username": "anna", "password": "secret"})
    wrong = client.post("/dashboard/sign-in/", {"username": "eve", "password": "guess"})
    answer: Any = client.post("/dashboard/sign-in/", {"username": "eve", "password": "secret"})

    assert (refused.status_code, "staff" in refused.content.decode()) == (200, True)
    assert "don’t match" in wrong.content.decode()
    assert (answer.status_code, answer.headers["Location"]) == (302, "/dashboard/")
    assert client.get("/dashboard/").status_code == 200
    client.post("/dashboard/sign-out/")
    assert client.get("/dashboard/").status_code == 302


def test_guessing_is_limited(client: Client, shop: None, settings: Any) -> None:
    """As at every door."""
    settings.TRADEPOST_LIMITS = {"SIGN_IN_ACCOUNT": "2/hour"}
    answers = [client.post("/dashboard/sign-in/", {"username": "eve", "password": "guess"}) for _ in range(4)]

    assert answers[-1].status_code == 429
    assert int(answers[-1].headers["Retry-After"]) > 0
