"""A test that commits leaves the database as migrating left it, though only what has rows is emptied."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission
from django.test import TransactionTestCase

from tests.empty_database import rows
from tradepost.testing import factories as make

pytestmark = pytest.mark.django_db(transaction=True)


def test_what_a_test_committed_is_gone() -> None:
    """Rows that refer to each other are deleted; permissions and content types stay, with their keys."""
    migrated = rows()
    make.variant(sku="MUG", price="10.00", on_hand=3)
    make.order()
    assert len(rows()) > len(migrated) + 5

    TransactionTestCase()._fixture_teardown()

    assert rows() == migrated
    assert set(migrated) == {"auth_permission", "django_content_type"}


def test_what_migrating_made_is_made_again_where_a_test_changed_it() -> None:
    """A permission that a test deleted is there for the next one, and one that it made isn't."""
    permissions = set(Permission.objects.values_list("content_type__app_label", "codename"))
    like = Permission.objects.earliest("pk")
    Permission.objects.create(name="Knock", codename="knock", content_type=like.content_type)
    like.delete()

    TransactionTestCase()._fixture_teardown()

    assert set(Permission.objects.values_list("content_type__app_label", "codename")) == permissions
