"""A new address is proven first, and the old one can take it back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser
from django.utils import translation

from tradepost.accounts.errors import AddressTaken, LinkUnusable, WrongPassword
from tradepost.accounts.events import CredentialsChanged
from tradepost.accounts.jobs import forget_kept_addresses
from tradepost.accounts.models import AccountToken, EmailIdentity
from tradepost.accounts.services import (
    change_email,
    change_password,
    current_identity,
    mark_verified,
    peek,
    request_email_change,
    request_password_reset,
    request_registration,
    reset_password,
    undo_email_change,
)
from tradepost.core.dates import clock
from tradepost.core.models import Delivery
from tradepost.customers.models import Customer
from tradepost.testing import frozen

from .people import PASSWORD, account, mailed, secret_in, token_for

pytestmark = pytest.mark.django_db


def keys(user: Any) -> list[tuple[str, bool | None]]:
    return list(EmailIdentity.objects.filter(user=user).order_by("key").values_list("key", "is_current"))


def changed(user: Any, email: str) -> str:
    """Change an address; the secret of the link that undoes it, from the mail to the old one."""
    request_email_change(user, email, PASSWORD)
    (message,) = mailed()
    assert message.to == [email]
    change_email(secret_in(message, "change-email"), user=user)
    (notice,) = mailed()
    return secret_in(notice, "undo-email")


def test_a_new_address_counts_once_it_is_proven(heard: list[Any]) -> None:
    """Nothing changes before; then user and customer have it, sign-ins end, and the old address hears of it."""
    anna = account()
    heard.clear()
    request_email_change(anna, "new@example.com", PASSWORD)
    (message,) = mailed()
    assert keys(anna) == [("anna@example.com", True)]
    reset = token_for("anna@example.com", "reset")

    change_email(secret_in(message, "change-email"), user=anna)

    assert keys(anna) == [("anna@example.com", None), ("new@example.com", True)]
    user = get_user_model().objects.get()
    assert getattr(user, user.get_email_field_name()) == "new@example.com"
    customer = Customer.objects.get()
    assert customer.email == "new@example.com"
    assert heard == [CredentialsChanged(anna.pk, "email")]  # what a guest bought by the address isn't joined
    (notice,) = mailed()
    assert (notice.to, notice.subject) == (["anna@example.com"], "Tradepost: your e-mail address was changed")
    with pytest.raises(LinkUnusable):  # it was sent to a mailbox that isn't the account's any more
        reset_password(reset, "third-harbour-9")


def test_who_chose_no_language_is_written_to_in_that_of_the_page() -> None:
    """The worker has none of its own; Django says times in the reader's."""
    anna = account()
    Customer.objects.update(language="")
    with translation.override("de"):
        request_email_change(anna, "new@example.com", PASSWORD)

        [message] = mailed()
        change_email(secret_in(message, "change-email"), user=anna)
        change_password(anna, PASSWORD, "third-harbour-9")

    assert "within 1\xa0Tag." in str(message.body)
    notices = [str(notice.alternatives) for notice in mailed()]
    assert ['<html lang="de">' in html for html in notices] == [True, True]


def test_a_taken_address_is_written_to_as_a_free_one_is() -> None:
    """With a token that nobody knows, so that sending costs the same."""
    anna, _ben = account(), account("ben@example.com")
    before = AccountToken.objects.count()
    request_email_change(anna, "ben@example.com", PASSWORD)

    (message,) = mailed()
    assert (message.to, "http" in str(message.body)) == (["ben@example.com"], False)
    assert AccountToken.objects.count() == before + 1


def test_an_address_is_not_changed_without_the_password() -> None:
    """A session that somebody left open isn't enough."""
    anna = account()
    with pytest.raises(WrongPassword):
        request_email_change(anna, "new@example.com", "guessed")
    assert mailed() == []


def test_the_link_alone_changes_nothing() -> None:
    """Whoever reads the new mailbox may be somebody else than asked: only the account that asked uses the link, and once."""
    anna, bert = account(), account("bert@example.com")
    request_email_change(anna, "new@example.com", PASSWORD)
    secret = secret_in(mailed()[0], "change-email")

    for user in (bert, AnonymousUser()):
        with pytest.raises(LinkUnusable):
            change_email(secret, user=user)
        with pytest.raises(LinkUnusable):
            peek(AccountToken.Purpose.CHANGE_EMAIL, secret, user=user)
    assert (keys(anna), keys(bert)) == ([("anna@example.com", True)], [("bert@example.com", True)])

    change_email(secret, user=anna)
    assert keys(anna) == [("anna@example.com", None), ("new@example.com", True)]


def test_an_address_of_another_account_is_told_to_its_owner_alone() -> None:
    """Who asks gets the same as ever; the mail is without a link."""
    anna, bert = account(), account("bert@example.com")
    request_email_change(anna, "Bert@example.com", PASSWORD)
    (message,) = mailed()

    assert (message.to, message.subject) == (
        ["Bert@example.com"],
        "Tradepost: this address already has an account",
    )
    assert "token=" not in message.body
    assert keys(bert) == [("bert@example.com", True)]


def test_a_user_who_was_deleted_before_the_mail_was_written() -> None:
    """The link opens nothing."""
    anna = account()
    request_email_change(anna, "new@example.com", PASSWORD)
    get_user_model().objects.all().delete()

    with pytest.raises(LinkUnusable):
        change_email(secret_in(mailed()[0], "change-email"), user=anna)
    assert not EmailIdentity.objects.exists()


def test_an_address_that_was_taken_meanwhile_is_refused() -> None:
    """The link stays usable, and all is as it was."""
    anna = account()
    request_email_change(anna, "new@example.com", PASSWORD)
    secret = secret_in(mailed()[0], "change-email")
    account("new@example.com")

    with pytest.raises(AddressTaken):
        change_email(secret, user=anna)
    assert keys(anna) == [("anna@example.com", True)]
    assert Customer.objects.get(user=anna).email == "anna@example.com"


def test_the_old_address_undoes_it(heard: list[Any]) -> None:
    """Sign-ins end, the password that the change was made with goes, and a new one is asked for by mail."""
    anna = account()
    undo = changed(anna, "eve@example.com")
    heard.clear()

    undo_email_change(undo)

    assert keys(anna) == [("anna@example.com", True)]
    user = get_user_model().objects.get()
    assert not user.has_usable_password()
    assert Customer.objects.get().email == getattr(user, user.get_email_field_name()) == "anna@example.com"
    assert CredentialsChanged(anna.pk, "email_undone") in heard
    (message,) = mailed()
    assert message.to == ["anna@example.com"]
    reset_password(secret_in(message, "reset"), "back-again-9")
    assert get_user_model().objects.get().check_password("back-again-9")
    with pytest.raises(LinkUnusable):
        undo_email_change(undo)


def test_a_second_change_doesnt_keep_the_first_from_being_undone() -> None:
    """Else a thief would change it twice. What came later is free for others, and links of later changes end."""
    anna = account()
    first = changed(anna, "eve@example.com")
    second = changed(anna, "eve2@example.com")
    assert keys(anna) == [("anna@example.com", None), ("eve2@example.com", True), ("eve@example.com", None)]

    undo_email_change(first)

    assert keys(anna) == [("anna@example.com", True)]
    with pytest.raises(LinkUnusable):
        undo_email_change(second)


def test_going_back_to_an_address_that_is_kept() -> None:
    """It is theirs, so it needs no waiting. Who reads the address in between hears of it, and can't undo it: a thief might."""
    anna = account()
    changed(anna, "eve@example.com")
    changed(anna, "eve2@example.com")
    request_email_change(anna, "anna@example.com", PASSWORD)
    change_email(secret_in(mailed()[0], "change-email"), user=anna)

    assert keys(anna) == [("anna@example.com", True)]
    (notice,) = mailed()
    assert (notice.to, notice.subject) == (["eve2@example.com"], "Tradepost: your e-mail address was changed")
    assert "token=" not in notice.body
    assert keys(account("eve@example.com")) == [("eve@example.com", True)]


def test_an_address_that_is_kept_is_nobody_elses() -> None:
    """Neither by registration nor by a forgotten password; both are answered alike, and without a link."""
    anna = account()
    changed(anna, "new@example.com")

    request_registration("anna@example.com")
    request_password_reset("anna@example.com")

    messages = mailed()
    assert {message.subject for message in messages} == {"Tradepost: this address isn’t available yet"}
    assert len(messages) == 2
    assert "token=" not in f"{messages[0].body}{messages[1].body}"
    with pytest.raises(AddressTaken):
        mark_verified(account("bert@example.com"), "anna@example.com")


def test_an_address_that_isnt_kept_any_more_is_free() -> None:
    """After fourteen days, whether the job ran or not; then the change can't be undone."""
    anna = account()
    undo = changed(anna, "new@example.com")
    changed(anna, "newer@example.com")

    with frozen(clock.now() + timedelta(days=14, seconds=1)):
        with pytest.raises(LinkUnusable):
            undo_email_change(undo)
        bert = account("anna@example.com")
        assert current_identity(bert).key == "anna@example.com"
        assert forget_kept_addresses() == 1
    assert keys(anna) == [("newer@example.com", True)]


def test_the_same_address_again_changes_nothing(heard: list[Any]) -> None:
    """No mail to the old one, for there is none."""
    anna = account()
    heard.clear()
    request_email_change(anna, "ANNA@example.com", PASSWORD)
    change_email(secret_in(mailed()[0], "change-email"), user=anna)

    assert keys(anna) == [("anna@example.com", True)]
    assert heard == [CredentialsChanged(anna.pk, "email")]
    assert mailed() == []


def test_asking_stores_no_secret() -> None:
    """The password that was typed is in no row."""
    request_email_change(account(), "new@example.com", PASSWORD)

    assert PASSWORD not in str([delivery.payload for delivery in Delivery.objects.all()])
