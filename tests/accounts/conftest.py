"""People with accounts."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import get_user_model

from tradepost.accounts.models import EmailIdentity
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
