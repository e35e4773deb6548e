"""Passwords: forgotten and changed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model

from tradepost.accounts.conf import users
from tradepost.accounts.errors import LinkUnusable, PasswordRefused, WrongPassword
from tradepost.accounts.events import CredentialsChanged, EmailVerified
from tradepost.accounts.models import AccountToken, EmailIdentity
from tradepost.accounts.services import (
    change_password,
    confirm_registration,
    request_password_reset,
    reset_password,
)
from tradepost.core.errors import InvalidEmail
from tradepost.core.models import Delivery
from tradepost.testing import frozen

from .people import PASSWORD, account, mailed, secret_in, token_for

pytestmark = pytest.mark.django_db
NEW = "new-harbour-8"


def fresh(user: Any) -> Any:
    return get_user_model().objects.get(pk=user.pk)


def test_a_forgotten_password_is_replaced_by_a_link(heard: list[Any]) -> None:
    """The old one is worth nothing, sign-ins end, and a mail says so."""
    anna = account()
    heard.clear()

    reset_password(token_for("Anna@example.com", "reset"), NEW)

    assert fresh(anna).check_password(NEW)
    assert heard == [CredentialsChanged(anna.pk, "reset")]
    (notice,) = mailed()
    assert (notice.subject, notice.to) == ("Tradepost: your password was changed", ["anna@example.com"])


def test_an_address_without_an_account_is_written_to_as_well() -> None:
    """With a link by which one can be made."""
    request_password_reset("nobody@example.com")
    (message,) = mailed()

    assert message.subject == "Tradepost: no account with this address"
    assert confirm_registration(secret_in(message, "register"), PASSWORD).check_password(PASSWORD)


def test_a_link_to_a_new_password_works_once_and_for_an_hour() -> None:
    """And only as such."""
    anna = account()
    first = token_for("anna@example.com", "reset")
    with pytest.raises(PasswordRefused):
        reset_password(first, "")
    reset_password(first, NEW)
    with pytest.raises(LinkUnusable):
        reset_password(first, "third-harbour-9")
    mailed()
    second = token_for("anna@example.com", "reset")
    end = AccountToken.objects.latest("pk").created_at + timedelta(hours=1)
    with frozen(end), pytest.raises(LinkUnusable):
        reset_password(second, "third-harbour-9")
    assert fresh(anna).check_password(NEW)


def test_a_user_without_identity_proves_the_mailbox_by_the_link(heard: list[Any]) -> None:
    """Of a shop that had users before it had accounts; whoever made the user with a password of theirs is out."""
    old = users().build("Old@Example.com", "Old")
    old.set_password("known-to-a-stranger-1")
    users().save(old)

    reset_password(token_for("old@example.com", "reset"), NEW)

    assert fresh(old).check_password(NEW)
    identity = EmailIdentity.objects.get()
    assert (identity.user, identity.key) == (old, "old@example.com")
    assert [type(event) for event in heard] == [CredentialsChanged, EmailVerified]


def test_a_deactivated_account_gets_no_link(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is written so; and a link from before doesn't work any more."""
    anna = account()
    before = token_for("anna@example.com", "reset")
    monkeypatch.setattr(type(users()), "is_active", lambda self, user: False)
    request_password_reset("anna@example.com")
    (message,) = mailed()

    assert message.subject == "Tradepost: your account is closed"
    assert "token=" not in f"{message.body} {message.alternatives}"
    with pytest.raises(LinkUnusable):
        reset_password(before, NEW)
    assert not fresh(anna).check_password(NEW)


def test_what_is_no_address_is_refused() -> None:
    """Nothing is stored."""
    with pytest.raises(InvalidEmail):
        request_password_reset("anna@ＧＭＡＩＬ.com")
    assert not Delivery.objects.exists()


def test_a_password_is_changed_by_who_knows_it(heard: list[Any]) -> None:
    """Sign-ins end, links from before, too, and a mail says so."""
    anna = account()
    link = token_for("anna@example.com", "reset")
    heard.clear()

    written = change_password(anna, PASSWORD, NEW)

    assert written == anna
    assert written.password == fresh(anna).password
    assert fresh(anna).check_password(NEW)
    assert heard == [CredentialsChanged(anna.pk, "password")]
    assert [message.subject for message in mailed()] == ["Tradepost: your password was changed"]
    with pytest.raises(LinkUnusable):
        reset_password(link, "third-harbour-9")


def test_a_password_is_not_changed_by_who_doesnt_know_it(heard: list[Any], settings: Any) -> None:
    """Nor to one that is refused; nothing has changed."""
    settings.AUTH_PASSWORD_VALIDATORS = [
        {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"}
    ]
    anna = account()
    heard.clear()

    with pytest.raises(WrongPassword) as wrong:
        change_password(anna, "guessed", NEW)
    with pytest.raises(PasswordRefused) as refused:
        change_password(anna, PASSWORD, "anna@example.com")

    assert wrong.value.context == {"attr": "current_password"}
    assert refused.value.context == {"attr": "password", "refusals": ["password_too_similar"]}
    assert fresh(anna).check_password(PASSWORD)
    assert heard == []
    assert mailed() == []


def test_a_password_that_was_changed_meanwhile_is_no_proof() -> None:
    """Whoever holds a user that was read before a reset can't change what the reset set."""
    stale = fresh(account())
    reset_password(token_for("anna@example.com", "reset"), NEW)

    with pytest.raises(WrongPassword):
        change_password(stale, PASSWORD, "third-harbour-9")
    assert fresh(stale).check_password(NEW)
