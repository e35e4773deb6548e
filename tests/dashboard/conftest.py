"""A shop with a bank that answers at once, orders at several points, and people of each department."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from tests.departments import department
from tests.storefront.conftest import open_shop
from tradepost.orders.models import Order
from tradepost.testing import Scenario
from tradepost.testing import factories as make

ROLES = ("catalogue", "orders", "finance", "support", "marketing", "administrator")


@pytest.fixture
def shop(db: None, settings: Any, tmp_path: Path) -> None:
    """The shop is open."""
    open_shop(settings, tmp_path)


@pytest.fixture
def boss(shop: None) -> Desk:
    """Who may do everything, signed in."""
    return Desk(get_user_model().objects.create_superuser("boss", "boss@example.com", "secret"))


@pytest.fixture
def as_role(shop: None) -> Callable[[str], Desk]:
    """Somebody of a department, signed in."""

    def sign_in(role: str) -> Desk:
        user = get_user_model().objects.create_user(role, f"{role}@example.com", "secret", is_staff=True)
        user.groups.add(department(role))
        return Desk(user)

    return sign_in


class Desk:
    """Somebody at work, with a browser without JavaScript. Every answer is kept in :attr:`page`."""

    def __init__(self, user: Any) -> None:
        self.user = user
        self.client = Client()
        self.client.force_login(user)
        self.page: Any = None

    def get(self, path: str = "", **query: Any) -> Any:
        """Open a page below the dashboard's address."""
        self.page = self.client.get(f"/dashboard/{path}", query)
        return self.page

    def act(self, path: str, *, follow: bool = True, **values: Any) -> Any:
        """Open a form, fill in some fields, and send it as it stands."""
        self.get(path)
        assert self.page.status_code == 200, self.page.content.decode()
        return self.send(path, follow=follow, **values)

    def send(self, path: str, *, follow: bool = True, **values: Any) -> Any:
        """Send the form of the page that is open, with some fields filled in."""
        form, context = self.page.context["form"], self.page.context
        data = {name: _as_shown(form[name]) for name in form.fields}
        data = {name: value for name, value in data.items() if value not in (None, False)}
        data |= {"seen": context.get("version", ""), **values}
        self.page = self.client.post(f"/dashboard/{path}", data, follow=follow)
        return self.page

    @property
    def text(self) -> str:
        """The words of the page."""
        plain = re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", self.page.content.decode(), flags=re.DOTALL)
        return " ".join(plain.replace("&#x27;", "'").split())

    @property
    def messages(self) -> list[str]:
        """The messages on it."""
        return [str(message) for message in self.page.context["messages"]]


@pytest.fixture
def paid(shop: None) -> Any:
    """Two units of a mug and one bowl, and 5.00 for the parcel, paid at the bank."""
    return buy("MUG", 2)


def buy(sku: str, quantity: int, *, price: str = "10.00") -> Any:
    """An order of some units and a bowl for 8.00, 5.00 for the parcel, paid by the scripted bank."""
    mug = make.variant(sku=sku, price=price, on_hand=50)
    bowl = make.variant(sku=f"{sku}-BOWL", price="8.00", on_hand=50)
    scenario = Scenario().basket(mug, quantity=quantity)
    order = scenario.basket(bowl).paid()
    return Order.objects.get(pk=order.pk)


def _as_shown(field: Any) -> Any:
    """The value that a browser would send: of a list to choose from the first, where none is chosen."""
    value, choices = field.value(), getattr(field.field, "choices", ())
    return next(iter(choices), (None,))[0] if value is None and choices else value
