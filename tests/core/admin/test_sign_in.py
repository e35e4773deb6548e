"""Passwords are guessed at the admin's sign-in as often as at the shop's, and no more."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib import admin
from django.test import Client

from tradepost.core.admin.sign_in import limit_sign_in
from tradepost.core.admin.sign_in_checks import check_sign_in

ADMIN = "/admin/login/"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def boss(django_user_model: Any) -> Any:
    """She may use the admin."""
    return django_user_model.objects.create_superuser("boss", "boss@example.com", "right")


def sign_in(password: str, *, name: str = "boss", client: Client | None = None) -> Any:
    """Send the form."""
    return (client or Client()).post(f"{ADMIN}?next=/admin/auth/", {"username": name, "password": password})


def test_one_attempt_too_many_is_refused_with_a_sentence(settings: Any) -> None:
    """429, when to come again, and the form with where one wanted to go; the right password isn't looked at then."""
    settings.TRADEPOST_LIMITS = {"SIGN_IN_ACCOUNT": "2/hour"}

    assert [sign_in("wrong").status_code, sign_in("wrong", name=" BOSS ").status_code] == [200, 200]
    client = Client()
    refused = sign_in("right", client=client)

    assert (refused.status_code, int(refused["Retry-After"]) > 60) == (429, True)
    assert "Too many attempts. Please wait" in refused.content.decode()
    assert 'name="password"' in refused.content.decode()
    assert 'name="next" value="/admin/auth/"' in refused.content.decode()
    assert "_auth_user_id" not in client.session


def test_an_address_is_limited_whatever_names_it_tries(settings: Any) -> None:
    """Another account has its own count, the address has one for all."""
    settings.TRADEPOST_LIMITS = {"SIGN_IN": "2/hour"}

    assert [sign_in("wrong", name=name).status_code for name in ("a", "b", "c")] == [200, 200, 429]


def test_the_right_password_costs_nothing(settings: Any) -> None:
    """However often one signs in; what isn't an attempt isn't counted either."""
    settings.TRADEPOST_LIMITS = {"SIGN_IN_ACCOUNT": "1/hour"}

    assert [sign_in("right").status_code for _ in range(3)] == [302, 302, 302]
    assert [Client().get(ADMIN).status_code for _ in range(3)] == [200, 200, 200]


def test_who_is_signed_in_has_no_more_guesses(settings: Any, django_user_model: Any) -> None:
    """A customer who tries the password of staff is counted by address, as everybody."""
    settings.TRADEPOST_LIMITS = {"SIGN_IN_ACCOUNT": "2/hour"}
    client = Client()
    client.force_login(django_user_model.objects.create_user("ada"))

    assert [sign_in("wrong", client=client).status_code for _ in range(3)] == [200, 200, 429]
    assert sign_in("wrong").status_code == 429


def test_without_a_limit_there_is_none(settings: Any) -> None:
    """As for each limit."""
    settings.TRADEPOST_LIMITS = {"SIGN_IN": None, "SIGN_IN_ACCOUNT": None}

    assert {sign_in("wrong").status_code for _ in range(40)} == {200}


def test_a_site_of_the_projects_own_is_limited_by_a_call(settings: Any) -> None:
    """A check names it until then; its own view stays in force."""
    settings.TRADEPOST_LIMITS = {"SIGN_IN": "1/hour"}
    site = admin.AdminSite(name="back_office")
    [warning] = [message for message in check_sign_in() if "back_office" in message.msg]
    assert warning.id == "tradepost.W006"

    limit_sign_in(site)
    limit_sign_in(site)  # twice is once

    assert [message for message in check_sign_in() if "back_office" in message.msg] == []
    assert site.login.__name__ == "login"
