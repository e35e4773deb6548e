"""An account is made by a link to its mailbox, and by nothing else."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db.models.signals import post_save

from tradepost.accounts.errors import AddressTaken, LinkUnusable, PasswordRefused
from tradepost.accounts.events import EmailVerified
from tradepost.accounts.models import AccountToken, EmailIdentity
from tradepost.accounts.services import confirm_registration, peek, request_password_reset, request_registration
from tradepost.core.errors import Invalid, InvalidEmail, TooManyRequests
from tradepost.core.models import Delivery
from tradepost.customers.models import Customer
from tradepost.testing import frozen

from .people import PASSWORD, account, mailed, secret_in, token_for

pytestmark = pytest.mark.django_db
REGISTER = AccountToken.Purpose.REGISTER


def test_a_link_makes_the_account(heard: list[Any]) -> None:
    """Nothing is there before it is used; then user, customer and identity are, and the password works."""
    request_registration("Anna@Example.com", name="Anna Berg", language="de")
    (message,) = mailed()

    assert message.to == ["Anna@example.com"]
    assert message.subject == "Tradepost: confirm your e-mail address"
    assert not get_user_model().objects.exists()
    assert not EmailIdentity.objects.exists()
    user = confirm_registration(secret_in(message, "register"), PASSWORD)

    assert user.check_password(PASSWORD)
    assert get_user_model().objects.get() == user
    identity = EmailIdentity.objects.get()
    assert (identity.key, identity.address, identity.is_current) == ("anna@example.com", "Anna@example.com", True)
    assert identity.user == user
    customer = Customer.objects.get()
    assert (customer.user, customer.email, customer.name, customer.language) == (
        user,
        "Anna@example.com",
        "Anna Berg",
        "de",
    )
    assert heard == [EmailVerified(user.pk, customer.pk, "anna@example.com")]


def test_the_secret_is_nowhere_but_in_the_mail() -> None:
    """Neither in the token's row nor in the outbox."""
    secret = token_for("anna@example.com")
    token = AccountToken.objects.get()

    assert len(secret) == 43
    assert secret not in f"{token.digest} {token.data} {[delivery.payload for delivery in Delivery.objects.all()]}"
    assert peek(REGISTER, secret) == token


def test_a_link_works_once() -> None:
    """The second call makes nothing."""
    secret = token_for("anna@example.com")
    confirm_registration(secret, PASSWORD)

    with pytest.raises(LinkUnusable):
        confirm_registration(secret, "another-password-8")
    assert get_user_model().objects.get().check_password(PASSWORD)


@pytest.mark.parametrize("secret", ["", "x", "x" * 43, "\x00", "\ud800", "x" * 100_000])
def test_what_is_no_token_is_refused(secret: str) -> None:
    """Whatever was sent."""
    token_for("anna@example.com")

    with pytest.raises(LinkUnusable):
        confirm_registration(secret, PASSWORD)
    assert not get_user_model().objects.exists()


def test_a_token_of_another_purpose_is_refused() -> None:
    """A link to a new password registers nobody."""
    account()
    secret = token_for("anna@example.com", "reset")

    with pytest.raises(LinkUnusable):
        confirm_registration(secret, PASSWORD)


def test_a_link_expires() -> None:
    """After a day, to the second."""
    secret = token_for("anna@example.com")
    end = AccountToken.objects.get().created_at + timedelta(days=1)

    with frozen(end), pytest.raises(LinkUnusable):
        confirm_registration(secret, PASSWORD)
    with frozen(end - timedelta(seconds=1)):
        assert confirm_registration(secret, PASSWORD).check_password(PASSWORD)


def test_a_newer_link_ends_the_older_one() -> None:
    """Of one mailbox, however it is written."""
    first, second = token_for("anna@example.com"), token_for("ANNA@example.com")

    with pytest.raises(LinkUnusable):
        confirm_registration(first, PASSWORD)
    assert confirm_registration(second, PASSWORD).check_password(PASSWORD)


def test_a_weak_password_leaves_the_link_as_it_is(settings: Any) -> None:
    """It is asked for before the token is used."""
    settings.AUTH_PASSWORD_VALIDATORS = [
        {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
        {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    ]
    secret = token_for("anna@example.com")
    for password, codes in {
        "1234": ["password_too_short", "password_entirely_numeric"],
        "": ["password_length"],
        "a" * 129: ["password_length"],
        "quiet\x00harbour": ["password_length"],
    }.items():
        with pytest.raises(PasswordRefused) as refusal:
            confirm_registration(secret, password)
        assert refusal.value.context == {"attr": "password", "refusals": codes}

    assert not get_user_model().objects.exists()
    assert confirm_registration(secret, PASSWORD).check_password(PASSWORD)


def test_who_registers_somebody_elses_address_gains_nothing() -> None:
    """No user, no password of theirs, and the name they wrote isn't in the mail; the owner of the mailbox decides all."""
    request_registration("victim@example.com", name="Win at evil.example")
    (theirs,) = mailed()
    assert "evil" not in f"{theirs.subject} {theirs.body} {theirs.alternatives}"
    request_registration("victim@example.com", name="Victoria")
    (mine,) = mailed()

    user = confirm_registration(secret_in(mine, "register"), PASSWORD)

    assert Customer.objects.get(user=user).name == "Victoria"
    with pytest.raises(LinkUnusable):
        confirm_registration(secret_in(theirs, "register"), "evil-password-9")
    assert get_user_model().objects.get().check_password(PASSWORD)


def test_who_has_an_account_is_written_so() -> None:
    """With a link to a new password; nothing changes."""
    anna = account()
    request_registration("ANNA@example.com", name="Eve")
    (message,) = mailed()

    assert message.subject == "Tradepost: you already have an account"
    assert secret_in(message, "reset")
    assert list(get_user_model().objects.all()) == [anna]
    assert Customer.objects.get().name == ""


def test_a_mailbox_that_got_an_account_meanwhile_is_refused() -> None:
    """Whoever holds the link has proven the mailbox, and may know."""
    secret = token_for("anna@example.com")
    other = account("other@example.com")
    EmailIdentity.objects.filter(user=other).update(key="anna@example.com", address="anna@example.com")

    with pytest.raises(AddressTaken):
        confirm_registration(secret, PASSWORD)
    assert list(get_user_model().objects.all()) == [other]
    assert peek(REGISTER, secret).used_at is None


@pytest.mark.parametrize(
    ("values", "attr"),
    [
        ({"email": "anna"}, "email"),
        ({"email": "anna@straße.de"}, "email"),
        ({"email": "anna@example.com", "name": "x" * 201}, "name"),
        ({"email": "anna@example.com", "name": "a\x00b"}, "name"),
        ({"email": "anna@example.com", "language": "tlh"}, "language"),
    ],
)
def test_what_cant_be_is_refused_at_once(values: dict[str, str], attr: str) -> None:
    """Nothing is stored, and nothing sent."""
    with pytest.raises(Invalid) as refusal:
        request_registration(**values)

    assert refusal.value.context["attr"] == attr
    assert isinstance(refusal.value, InvalidEmail) == (attr == "email")
    assert not Delivery.objects.exists()


def test_a_mailbox_is_not_flooded() -> None:
    """Five mails an hour to one asker, however the address is written, with an account or without."""
    account("known@example.com")
    for email, before in (("known@example.com", 1), ("unknown@example.com", 0)):
        for number in range(5 - before):
            request_registration(email.upper() if number % 2 else email)
        with pytest.raises(TooManyRequests) as refusal:
            request_registration(email)
        assert 0 < refusal.value.context["retry_after"] <= 3600 + 720
    assert len(mailed()) == 9


def test_nobody_uses_up_what_the_owner_may_ask_for(settings: Any) -> None:
    """Others have their own limit. Many of them have one together, and beyond it a mail in each quarter of an hour; a refusal
    costs nobody their own.
    """
    settings.TRADEPOST_LIMITS = {"MAILBOX": "2/hour", "MAILBOX_SHARED": "5/hour"}
    ask = partial(request_password_reset, "anna@example.com")
    with frozen("2026-11-01T12:00:00Z") as now:
        for asker in ("192.0.2.1", "192.0.2.2"):
            for _ in range(2):
                ask(asker=asker)
            with pytest.raises(TooManyRequests):
                ask(asker=asker)
        ask(asker="198.51.100.7")  # the owner, whom the others don't keep from it

        now.tick(minutes=1)
        ask(asker="192.0.2.3")  # the fifth was the last that all share; now one opens the pause
        with pytest.raises(TooManyRequests) as refusal:
            ask(asker="198.51.100.7")
        assert refusal.value.context["retry_after"] == 900
        assert len(mailed()) == 6

        now.tick(minutes=15, seconds=1)
        ask(asker="198.51.100.7")
        assert len(mailed()) == 1


def test_a_receiver_of_the_project_that_refuses_leaves_nothing() -> None:
    """Neither a user nor a customer, and a token that still works; what it says is told."""

    def refuse(sender: Any, instance: Any, **kwargs: Any) -> None:
        raise errors[0]

    errors = [ValidationError("Not from there."), LookupError("a fault")]
    secret = token_for("anna@example.com")
    post_save.connect(refuse, sender=Customer)
    try:
        for expected in (Invalid, LookupError):
            with pytest.raises(expected, match=r"Not from there\.|a fault"):
                confirm_registration(secret, PASSWORD)
            assert not get_user_model().objects.exists()
            assert not Customer.objects.exists()
            assert not EmailIdentity.objects.exists()
            del errors[0]
    finally:
        post_save.disconnect(refuse, sender=Customer)

    assert confirm_registration(secret, PASSWORD).check_password(PASSWORD)


def test_a_customer_whom_the_project_made_with_the_user() -> None:
    """It is taken, and filled."""

    def make(sender: Any, instance: Any, created: bool, **kwargs: Any) -> None:
        Customer.objects.get_or_create(user=instance)

    post_save.connect(make, sender=get_user_model())
    try:
        user = account(name="Anna Berg", language="de")
    finally:
        post_save.disconnect(make, sender=get_user_model())

    customer = Customer.objects.get()
    assert (customer.user, customer.name, customer.email, customer.language) == (
        user,
        "Anna Berg",
        "anna@example.com",
        "de",
    )


def test_the_mail_is_in_the_language_of_who_asks() -> None:
    """And that of an account in its own, whoever asks."""
    request_registration("anna@example.com", language="de")
    (first,) = mailed()
    confirm_registration(secret_in(first, "register"), PASSWORD)
    request_registration("anna@example.com", language="fr")
    (second,) = mailed()

    assert '<html lang="de">' in str(first.alternatives)
    assert '<html lang="de">' in str(second.alternatives)
