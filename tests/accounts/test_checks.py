"""Wrong settings of accounts are reported with the line to paste."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.core.checks import CheckMessage

from tradepost.accounts.checks import check_accounts, check_deployed_accounts
from tradepost.accounts.users.model_users import ModelUsers


class Unfilled(ModelUsers):
    """A store that leaves a field empty which the model wants."""

    def unfilled(self) -> list[str]:
        return ["birthday"]


def ids(messages: list[CheckMessage]) -> list[str | None]:
    assert all(message.hint for message in messages)
    return [message.id for message in messages]


def test_the_defaults_are_fine() -> None:
    """Nothing is said."""
    assert check_accounts() == []


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"LINK": "https://shop.example/{page}/{token}/"}, []),
        ({"LINK": "myapp://account/{page}?token={token}"}, []),
        ({"LINK": "/konto/{page}/?token={token}"}, []),
        ({"LINK": "/account/?token={token}"}, ["tradepost.E151"]),
        ({"LINK": "account/{page}/{token}"}, ["tradepost.E151"]),
        ({"LINK": "{page}://x/{token}"}, ["tradepost.E151"]),
        ({"LINK": "/{page}/{token}/{user}"}, ["tradepost.E151"]),
        ({"LINK": "/{page}/{token"}, ["tradepost.E151"]),
        ({"LINK": "/{page!r}/{token}{}"}, ["tradepost.E151"]),
        ({"USERS": "tests.accounts.test_checks.Unfilled"}, ["tradepost.E153"]),
    ],
)
def test_links_and_users(settings: Any, values: dict[str, Any], expected: list[str]) -> None:
    """Where mail leads to, and whether somebody can register at all."""
    settings.TRADEPOST_ACCOUNTS = values
    assert ids(check_accounts()) == expected


@pytest.mark.parametrize(
    "values", [{"LINKS": ""}, {"RESET_LIFETIME": 60}, {"USERS": "nowhere.Users"}, {"USERS": "builtins.dict"}]
)
def test_what_cant_be_used(settings: Any, values: dict[str, Any]) -> None:
    """Unknown keys, wrong types, classes that are no store."""
    settings.TRADEPOST_ACCOUNTS = values
    messages = check_accounts()
    assert {message.id for message in messages} == {"tradepost.E150"}


def test_a_front_end_of_its_own_says_where_links_go(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else mail would lead to pages that nobody serves."""
    monkeypatch.setattr(apps, "app_configs", {k: v for k, v in apps.app_configs.items() if k != "tradepost_storefront"})
    assert ids(check_accounts()) == ["tradepost.W152"]


SMTP = "django.core.mail.backends.smtp.EmailBackend"
CONSOLE = "django.core.mail.backends.console.EmailBackend"


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"EMAIL_BACKEND": SMTP}, []),
        ({"EMAIL_BACKEND": CONSOLE}, ["tradepost.W157"]),
        ({"MAILERS": {"default": {"BACKEND": SMTP}}}, []),
        ({"MAILERS": {"default": {"BACKEND": CONSOLE}}}, ["tradepost.W157"]),
    ],
    ids=str,
)
def test_mail_that_goes_nowhere(
    settings: Any, monkeypatch: pytest.MonkeyPatch, values: dict[str, Any], expected: list[str]
) -> None:
    """Said by a setting, or as a mailer, which Django 6.1 has instead; it lets nobody read both."""
    settings.TRADEPOST_SHOP = {"URL": "https://shop.example"}
    monkeypatch.setattr("tradepost.core.mail.settings", SimpleNamespace(**values))
    assert ids(check_deployed_accounts()) == expected


def test_before_a_deployment(settings: Any) -> None:
    """Links by http, mail that goes nowhere, and links that work for weeks."""
    settings.TRADEPOST_SHOP = {"URL": "http://shop.example"}
    settings.TRADEPOST_ACCOUNTS = {"RESET_LIFETIME": timedelta(days=8), "CHANGE_LIFETIME": timedelta(days=7)}
    assert ids(check_deployed_accounts()) == ["tradepost.W155", "tradepost.W156", "tradepost.W157"]

    settings.TRADEPOST_SHOP = {"URL": "https://shop.example"}
    settings.TRADEPOST_ACCOUNTS = {}
    assert ids(check_deployed_accounts()) == ["tradepost.W157"]


def test_browsers_that_nobody_can_sign_out(settings: Any) -> None:
    """Their sessions are in their own cookies."""
    settings.TRADEPOST_SHOP = {"URL": "https://shop.example"}
    settings.SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"

    assert "tradepost.W159" in ids(check_deployed_accounts())

    settings.SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
    assert "tradepost.W159" not in ids(check_deployed_accounts())
