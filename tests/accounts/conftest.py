"""People with accounts, and what tests of accounts hear."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth import get_user_model

from tradepost.accounts.events import AccountClosed, CredentialsChanged, EmailVerified
from tradepost.accounts.models import EmailIdentity
from tradepost.core import events
from tradepost.core.dates import clock
from tradepost.core.inputs.email_keys import read_email

PASSWORD = "a fine long sentence"


def person(address: str = "ada@example.com", *, password: str = PASSWORD, **values: Any) -> Any:
    """A user with a verified address, whose username says nothing of it."""
    email = read_email(address)
    user = get_user_model().objects.create_user(f"user-{email.key[:60]}", address, password, **values)
    EmailIdentity.objects.create(key=email.key, address=email.address, user=user, verified_at=clock.now())
    return user


@pytest.fixture
def ada(db: None) -> Any:
    """A customer."""
    return person()


@pytest.fixture(autouse=True)
def languages(settings: Any) -> None:
    """The same in any project."""
    settings.LANGUAGES = [("en", "English"), ("de", "Deutsch"), ("fr", "Français")]


@pytest.fixture
def heard() -> Iterator[list[Any]]:
    """Events of accounts, in their order, as handlers within hear them."""
    entries: list[Any] = []
    kinds = (AccountClosed, CredentialsChanged, EmailVerified)
    for kind in kinds:
        events.subscribe(kind, entries.append, when="within", name="tests.heard")
    yield entries
    for kind in kinds:
        events.unsubscribe(kind, "tests.heard")
