"""Accounts in the admin: no secret, and what staff may do."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from tradepost.accounts.models import AccountToken, EmailIdentity

from .people import PASSWORD, account, mailed, secret_in, token_for

pytestmark = pytest.mark.django_db
LIST = "admin:tradepost_accounts_emailidentity_changelist"


def staff(*permissions: str, **values: Any) -> Client:
    user = get_user_model().objects.create_user("clerk", is_staff=True, **values)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client = Client()
    client.force_login(user)
    return client


def act(client: Client, name: str, *identities: EmailIdentity) -> Any:
    return client.post(reverse(LIST), {"action": name, "_selected_action": [row.pk for row in identities]}, follow=True)


def test_no_secret_is_shown() -> None:
    """Neither in lists nor on pages, nor can a row be changed."""
    secret = token_for("anna@example.com")
    token = AccountToken.objects.get()
    client = staff("view_accounttoken", "change_accounttoken")
    pages = [
        client.get(reverse("admin:tradepost_accounts_accounttoken_changelist")),
        client.get(reverse("admin:tradepost_accounts_accounttoken_change", args=[token.pk])),
    ]

    for page in pages:
        text = page.content.decode()
        assert page.status_code == 200
        assert "anna@example.com" in text
        assert token.digest not in text
        assert secret not in text
    assert client.post(reverse("admin:tradepost_accounts_accounttoken_change", args=[token.pk]), {}).status_code == 403


def test_staff_send_a_link_and_shut_an_account() -> None:
    """With the permission to change identities."""
    anna = account()
    identity = EmailIdentity.objects.get()
    client = staff("view_emailidentity", "change_emailidentity")

    act(client, "send_reset_link", identity)
    assert secret_in(mailed()[0], "reset")
    act(client, "deactivate", identity)
    anna.refresh_from_db()
    assert not anna.is_active
    assert "Deactivated" in client.get(reverse(LIST)).content.decode()
    act(client, "reactivate", identity)
    anna.refresh_from_db()
    assert anna.is_active
    assert anna.check_password(PASSWORD)


def test_staff_without_the_permission_only_look() -> None:
    """The action isn't offered, and isn't done."""
    anna = account()
    client = staff("view_emailidentity")

    act(client, "deactivate", EmailIdentity.objects.get())

    assert "deactivate" not in client.get(reverse(LIST)).content.decode()
    anna.refresh_from_db()
    assert anna.is_active
    assert mailed() == []


def test_staff_leave_other_staff_to_administrators() -> None:
    """Whoever supports customers doesn't shut out the boss."""
    boss = account("boss@example.com")
    boss.is_staff = True
    boss.save()
    client = staff("view_emailidentity", "change_emailidentity")

    answer = act(client, "deactivate", EmailIdentity.objects.get())

    assert "oss@example.com is staff: ask an administrator." in answer.content.decode()
    boss.refresh_from_db()
    assert boss.is_active
