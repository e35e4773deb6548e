"""The same link in many hands at once: one wins. Each race has a control."""

from __future__ import annotations

import time
from functools import partial
from typing import Any

import pytest
from django.contrib.auth import get_user_model

from tradepost.accounts.errors import AddressTaken, LinkUnusable, WrongPassword
from tradepost.accounts.models import AccountToken, EmailIdentity
from tradepost.accounts.services import (
    change_password,
    confirm_registration,
    email_changes,
    mark_verified,
    passwords,
    registration,
    reset_password,
    tokens,
)
from tradepost.core.dates import clock
from tradepost.core.inputs.email_keys import read_email
from tradepost.customers.models import Customer
from tradepost.testing.races import together

from ..locks import take_locks_away
from .people import PASSWORD, account, token_for

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
MANY = 6


def kinds(results: list[Any]) -> list[str]:
    return sorted(type(result).__name__ if isinstance(result, Exception) else "won" for result in results)


def read_then_write(purpose: Any, secret: str) -> Any:
    """A token used up without the condition: looked at first, and written afterwards."""
    row = tokens.peek(purpose, secret)
    time.sleep(0.05)
    AccountToken.objects.filter(pk=row.pk).update(used_at=clock.now())
    return row


def test_one_of_many_confirms_makes_the_account() -> None:
    """One user, one customer, one identity; the others are told that the link was used."""
    secret = token_for("anna@example.com")

    results = together([partial(confirm_registration, secret, f"{PASSWORD}-{n}") for n in range(MANY)])

    assert kinds(results) == ["LinkUnusable"] * (MANY - 1) + ["won"]
    assert (get_user_model().objects.count(), Customer.objects.count(), EmailIdentity.objects.count()) == (1, 1, 1)


def test_two_links_of_one_mailbox_make_one_account() -> None:
    """Both were asked for in the same moment, so neither ended the other; the unique key decides."""
    secrets = [token_for("anna@example.com") for _ in range(2)]
    AccountToken.objects.update(used_at=None)

    results = together([partial(confirm_registration, secret, PASSWORD) for secret in secrets])

    assert kinds(results) == ["AddressTaken", "won"]
    assert (get_user_model().objects.count(), EmailIdentity.objects.count()) == (1, 1)


def test_one_of_many_new_passwords_is_set() -> None:
    """The one that is told so."""
    anna = account()
    secret = token_for("anna@example.com", "reset")

    results = together([partial(reset_password, secret, f"{PASSWORD}-{n}") for n in range(MANY)])

    assert kinds(results) == ["LinkUnusable"] * (MANY - 1) + ["won"]
    winner = next(n for n, result in enumerate(results) if not isinstance(result, LinkUnusable))
    assert get_user_model().objects.get(pk=anna.pk).check_password(f"{PASSWORD}-{winner}")


def test_without_the_condition_many_would_win(monkeypatch: pytest.MonkeyPatch) -> None:
    """A control: a token that is looked at first and marked afterwards sets several passwords."""
    for module in (registration, passwords, email_changes):
        monkeypatch.setattr(module, "consume", read_then_write)
    account()
    secret = token_for("anna@example.com", "reset")

    results = together([partial(reset_password, secret, f"{PASSWORD}-{n}") for n in range(MANY)])

    assert kinds(results).count("won") > 1


def test_one_of_many_changes_of_a_password_counts() -> None:
    """All know the old one; after the first it isn't the password any more."""
    anna = account()
    users = [get_user_model().objects.get(pk=anna.pk) for _ in range(MANY)]

    results = together([partial(change_password, user, PASSWORD, f"{PASSWORD}-{n}") for n, user in enumerate(users)])

    assert kinds(results) == ["WrongPassword"] * (MANY - 1) + ["won"]
    winner = next(n for n, result in enumerate(results) if not isinstance(result, WrongPassword))
    assert get_user_model().objects.get(pk=anna.pk).check_password(f"{PASSWORD}-{winner}")


def test_without_the_lock_many_changes_would_count(monkeypatch: pytest.MonkeyPatch) -> None:
    """A control."""
    take_locks_away(monkeypatch)
    write = passwords._write

    def slowly(*args: Any) -> None:
        time.sleep(0.1)
        write(*args)

    monkeypatch.setattr(passwords, "_write", slowly)
    anna = account()
    users = [get_user_model().objects.get(pk=anna.pk) for _ in range(MANY)]

    results = together([partial(change_password, user, PASSWORD, f"{PASSWORD}-{n}") for n, user in enumerate(users)])

    assert kinds(results).count("won") > 1


def test_one_of_two_accounts_gets_a_mailbox() -> None:
    """Both have proven it, by other means; the unique key decides."""
    people = [account("anna@example.com"), account("bert@example.com")]

    results = together([partial(mark_verified, user, "Shared@example.com") for user in people])

    assert kinds(results) == ["AddressTaken", "won"]
    owner = EmailIdentity.objects.get(key="shared@example.com").user
    loser = next(user for user in people if user != owner)
    assert EmailIdentity.objects.get(user=loser).is_current
    assert [type(result) for result in results if isinstance(result, Exception)] == [AddressTaken]


def test_one_user_with_two_proofs_at_once_has_one_address() -> None:
    """The later one counts, and no row is left that is neither current nor kept."""
    anna = account()

    results = together([partial(mark_verified, anna, f"new{n}@example.com") for n in range(MANY)])

    assert kinds(results) == ["won"] * MANY
    (identity,) = EmailIdentity.objects.all()
    assert identity.key in {f"new{n}@example.com" for n in range(MANY)}
    assert Customer.objects.get().email == read_email(identity.address).address
