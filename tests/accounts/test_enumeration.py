"""Nobody learns from an answer whether an address has an account: neither by what it says nor by what it costs."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tradepost.accounts.services import (
    change_email,
    deactivate,
    request_email_change,
    request_password_reset,
    request_registration,
)
from tradepost.core.models import Delivery
from tradepost.testing import deliver_events

from .people import PASSWORD, account, can_deactivate, mailed, secret_in

pytestmark = pytest.mark.django_db
KINDS = {
    "known@example.com": "an account",
    "unknown@example.com": "none",
    "deactivated@example.com": "one that staff have shut",
    "earlier@example.com": "one that has another address now",
}
VALUE = re.compile(r"(?:(?:=|IS) )?(?:NULL\b|'[^']*'(?:::\w+)?|\b\d+\b)")


@pytest.fixture(autouse=True)
def people() -> None:
    """An address of each kind; mails are out."""
    account("known@example.com")
    shut = account("deactivated@example.com")
    if can_deactivate():
        deactivate(shut)
    moved = account("earlier@example.com")
    request_email_change(moved, "later@example.com", PASSWORD)
    change_email(secret_in(mailed()[0], "change-email"), user=moved)
    mailed()


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often a password was hashed or compared."""
    calls: Counter[str] = Counter()

    def counting(self: Any, password: str, salt: str) -> str:
        calls["encode"] += 1
        return original(self, password, salt)

    original = MD5PasswordHasher.encode
    monkeypatch.setattr(MD5PasswordHasher, "encode", counting)
    return calls


@contextmanager
def statements(into: list[list[str]]) -> Iterator[None]:
    """The shapes of the statements that ran, without their values."""
    with CaptureQueriesContext(connection) as queries:
        yield
    into.append([VALUE.sub("?", query["sql"]) for query in queries.captured_queries if "SAVEPOINT" not in query["sql"]])


@pytest.mark.parametrize("request_mail", [request_registration, request_password_reset])
def test_asking_costs_the_same_for_any_address(request_mail: Callable[[str], None], hashed: Counter[str]) -> None:
    """The same statements, none of which reads an account, no password hashed, one delivery, no mail."""
    ran: list[list[str]] = []
    for email in KINDS:
        before = Delivery.objects.count()
        hashed.clear()
        with statements(ran):
            assert request_mail(email) is None
        assert Delivery.objects.count() == before + 1
        assert (hashed, mail.outbox) == ({}, [])

    assert all(shapes == ran[0] for shapes in ran)
    assert not [shape for shape in ran[0] if shape.startswith("SELECT")]
    assert not [shape for shape in ran[0] if "accounts" in shape or "user" in shape or "customer" in shape]


@pytest.mark.parametrize("request_mail", [request_registration, request_password_reset])
def test_so_does_sending(request_mail: Callable[[str], None], hashed: Counter[str]) -> None:
    """Where one process does all, the mail is sent before the answer: as many statements, and one mail, for any address."""
    ran: list[list[str]] = []
    for email in KINDS:
        request_mail(email)
        hashed.clear()
        with statements(ran):
            deliver_events()
        assert [message.to for message in mail.outbox] == [[email]]
        assert hashed == {}
        mail.outbox.clear()

    assert [len(shapes) for shapes in ran] == [len(ran[0])] * len(KINDS)
    assert all(shapes == ran[0] for shapes in ran)


def test_the_search_for_differences_finds_them() -> None:
    """A control: what looked first whether there is such an account would be seen."""
    from tradepost.accounts.services import find_identity

    ran: list[list[str]] = []
    for email in ("known@example.com", "unknown@example.com"):
        with statements(ran):
            if find_identity(email) is None:
                request_registration(email)

    assert ran[0] != ran[1]
