"""Every page of the shop says who may open it."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.views import View

from tradepost.core.access import ANYONE, SIGNED_IN, Access
from tradepost.core.errors import Misused
from tradepost.storefront.routers import Router
from tradepost.storefront.views.base import PageView, ShopView

PAGES = {str(pattern.name): pattern.callback.view_class for pattern in Router().urls}


def declares(view: type[View]) -> bool:
    """Whether a page or its own base says who may, and doesn't take what all pages have."""
    bases = view.__mro__[: view.__mro__.index(ShopView)] if issubclass(view, ShopView) else view.__mro__
    return any(isinstance(vars(base).get("access"), Access) for base in bases)


def test_every_page_declares() -> None:
    """Ours do, and there is no default."""
    assert len(PAGES) > 25
    assert [name for name, view in PAGES.items() if not declares(view)] == []
    assert not declares(ShopView)


def test_a_page_that_does_not_say_is_refused_at_the_start() -> None:
    """With the line to paste; one that says is taken, and so is a view that is none of ours."""

    class Silent(PageView):
        template_name = "tradepost/storefront/home.html"

    class Said(Silent):
        access = ANYONE

    router = Router()
    router.add("wishes", "wishes/", Silent)
    with pytest.raises(Misused, match=r"'wishes' \(Silent\).*access = ANYONE"):
        router.urls  # noqa: B018 - the addresses of a URLconf
    router.replace("wishes", Said)
    router.add("plain", "plain/", View)

    assert {"wishes", "plain"} <= {pattern.name for pattern in router.urls}


@pytest.mark.django_db
@pytest.mark.parametrize("name", [name for name, view in PAGES.items() if view.access is SIGNED_IN])  # type: ignore[attr-defined]
def test_guests_are_led_to_sign_in_where_a_page_needs_it(client: Client, name: str) -> None:
    """And back afterwards."""
    path = str(next(pattern for pattern in Router().urls if pattern.name == name).pattern)
    address = "/" + path.replace("<uuid:uuid>", "6f9619ff-8b86-4d01-b42d-00cf4fc964ff").replace("<slug:key>", "news")

    answer: Any = client.get(address)

    assert (answer.status_code, answer.headers["Location"]) == (302, f"/account/sign-in/?next={address}")


@pytest.mark.django_db
def test_who_is_signed_in_and_may_not_is_refused(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """And isn't sent to sign in again."""
    from tradepost.core.access import needs

    client.force_login(get_user_model().objects.create_user("anna", "anna@example.com", "secret"))
    monkeypatch.setattr(PAGES["orders"], "access", needs("tradepost_orders.view_order"))

    assert client.get("/orders/").status_code == 403
