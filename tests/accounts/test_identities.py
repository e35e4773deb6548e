"""Which mailbox is whose: one current address for a user, one user for an address, on every database."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from tradepost.accounts.errors import AddressTaken
from tradepost.accounts.events import EmailVerified
from tradepost.accounts.models import EmailIdentity
from tradepost.accounts.services import find_identity, mark_verified, username_for
from tradepost.core.dates import clock
from tradepost.core.errors import InvalidEmail

from .people import account

pytestmark = pytest.mark.django_db


def test_the_database_holds_the_rules() -> None:
    """One key once; one current address for each user; an earlier one only with an end."""
    anna, now = account(), clock.now()
    for values in (
        {"key": "anna@example.com", "is_current": None, "kept_until": now},
        {"key": "other@example.com", "is_current": True},
        {"key": "other@example.com", "is_current": None},
        {"key": "other@example.com", "is_current": False},
        {"key": "other@example.com", "is_current": False, "kept_until": now},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            EmailIdentity.objects.create(user=anna, address="x@example.com", verified_at=now, **values)
    for number in range(2):
        kept = {"is_current": None, "kept_until": now, "key": f"old{number}@example.com"}
        EmailIdentity.objects.create(user=anna, address="x@example.com", verified_at=now, **kept)
    assert EmailIdentity.objects.count() == 3


def test_a_proof_from_elsewhere_counts(heard: list[Any]) -> None:
    """Another package's mail, or a sign-in elsewhere; the same again changes nothing, and a doubtful one is refused."""
    anna = account()
    heard.clear()

    mark_verified(anna, "Work@Example.com")
    mark_verified(anna, "work@example.com")

    assert [(row.key, row.is_current) for row in EmailIdentity.objects.all()] == [("work@example.com", True)]
    assert [type(event) for event in heard] == [EmailVerified]
    with pytest.raises(InvalidEmail):
        mark_verified(anna, "anna@straße.de")


def test_a_mailbox_of_another_account_is_refused() -> None:
    """Nothing has changed for either."""
    anna, bert = account(), account("bert@example.com")
    with pytest.raises(AddressTaken):
        mark_verified(bert, "ANNA@example.com")

    assert {row.key: row.user for row in EmailIdentity.objects.all()} == {
        "anna@example.com": anna,
        "bert@example.com": bert,
    }


@pytest.mark.parametrize("others", [1, 50])
def test_finding_is_one_query(others: int, django_assert_num_queries: Any) -> None:
    """With user and customer, among few or many."""
    anna = account(name="Anna")
    now = clock.now()
    EmailIdentity.objects.bulk_create(
        EmailIdentity(
            key=f"{n}@example.com", address="x@example.com", user=anna, is_current=None, verified_at=now, kept_until=now
        )
        for n in range(others)
    )
    with django_assert_num_queries(1):
        identity = find_identity("anna@example.com")
        assert identity is not None
        assert identity.user.tradepost_customer.name == "Anna"


@pytest.mark.parametrize(
    ("text", "queries"),
    [
        ("Anna@Example.com", 1),
        ("nobody@example.com", 1),
        ("boss", 0),
        ("anna@straße.de", 0),
        ("", 0),
        ("a\x00@b.de", 0),
    ],
)
def test_a_name_to_sign_in_by(text: str, queries: int, django_assert_num_queries: Any) -> None:
    """The same number of queries for an address with an account and one without."""
    anna = account()
    with django_assert_num_queries(queries):
        name = username_for(text)
    assert name == (anna.get_username() if text == "Anna@Example.com" else text)
