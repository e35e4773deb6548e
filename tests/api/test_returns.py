"""Where a browser may be sent back to after a payment: nobody may pose as the shop."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.checks import run_checks
from django.test import RequestFactory

from tradepost.api.callers.return_urls import checked_return_url
from tradepost.api.checks import check_return_urls
from tradepost.core.errors import Invalid

REQUEST = RequestFactory().get("/", headers={"host": "testserver"})


@pytest.fixture(autouse=True)
def _shop(settings: Any) -> None:
    settings.TRADEPOST_SHOP = {"URL": "https://shop.example"}
    settings.TRADEPOST_API = {"RETURN_URLS": ("https://app.example", "https://web.example/paid/", "myapp://")}


@pytest.mark.parametrize(
    "url",
    [
        "",
        "https://shop.example/thanks/",
        "http://testserver/x",
        "https://app.example/x",
        "https://web.example/paid/1",
        "myapp://paid/1",
    ],
)
def test_the_shops_own_and_what_is_allowed(url: str) -> None:
    """As it is."""
    assert checked_return_url(url, REQUEST) == url


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/",
        "http://shop.example/",
        "https://shop.example.evil.example/",
        "https://shop.example@evil.example/",
        "https://app.example.evil.example/",
        "https://app.example@evil.example/",
        "https://app.example:8443/",
        "https://web.example/elsewhere",
        "//evil.example/",
        "javascript:alert(1)",
        "https://[evil",
        " https://shop.example/",
        "\thttps://app.example/",
        "https://app.example/ x",
        "https://app.example\n/",
        "https://app.example\\@evil.example/",
        "https:///evil.example/",
        "https://web.example/paid/../elsewhere",
        "https://web.example/paid/%2e%2E/elsewhere",
        "data:text/html,x",
        "/thanks/",
    ],
)
def test_everything_else_is_refused(url: str) -> None:
    """A host that only begins like an allowed one, too."""
    with pytest.raises(Invalid) as refusal:
        checked_return_url(url, REQUEST)
    assert refusal.value.context["attr"] == "return_url"


def test_plain_http_is_told_before_a_deployment(settings: Any) -> None:
    """A payer could be watched on the way back; one's own machine and an app's own scheme are left alone."""
    allowed = ("http://app.example/", "https://app.example/", "http://localhost:3000/", "myapp://")
    settings.TRADEPOST_API = {"RETURN_URLS": allowed}

    [message] = check_return_urls()
    assert (message.id, message.hint) == ("tradepost.W805", '"https://app.example/"')


@pytest.mark.parametrize(
    "entry", ["", " ", "h", "http", "https", "https:", "https://", "http://:80", "//", "/", "javascript://x", None]
)
def test_an_empty_or_short_entry_allows_nothing_and_is_told(settings: Any, entry: Any) -> None:
    """Else it would be the beginning of every address. The other entries go on."""
    settings.TRADEPOST_API = {"RETURN_URLS": (entry, "https://app.example/")}

    for url in (
        "https://evil.example/",
        "https:///evil.example/",
        "http://evil.example/",
        "javascript://x/%0aalert(1)",
    ):
        with pytest.raises(Invalid):
            checked_return_url(url, REQUEST)
    assert checked_return_url("https://app.example/x", REQUEST) == "https://app.example/x"
    messages = [message for message in run_checks() if message.id == "tradepost.E806"]
    assert len(messages) == 1
    assert repr(entry) in messages[0].msg
    assert messages[0].hint == 'TRADEPOST_API = {"RETURN_URLS": ("https://app.example/", "myapp://")}'


def test_a_shop_without_an_address_allows_no_relative_one(settings: Any) -> None:
    """An address without a host isn't the shop's."""
    settings.TRADEPOST_SHOP = {"URL": ""}

    with pytest.raises(Invalid):
        checked_return_url("/thanks/", REQUEST)
