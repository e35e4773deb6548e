"""Saved payment methods in the admin: read only, and forgotten by an action that needs a permission."""

from __future__ import annotations

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from tests.payments.test_saved_methods import AGREED, Forgetful, anna, make_customer, paid, shop
from tradepost.customers.models import Customer
from tradepost.payments.interface import OutcomeUnknown
from tradepost.payments.models import SavedMethod

__all__ = ["anna", "make_customer", "shop"]

pytestmark = pytest.mark.django_db
LISTING = "admin:tradepost_payments_savedmethod_changelist"


def clerk(*permissions: str) -> Client:
    """A member of staff with some permissions."""
    user = get_user_model().objects.create_user("clerk", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client = Client()
    client.force_login(user)
    return client


def forget(client: Client, row: SavedMethod) -> list[str]:
    """Choose the action; what is told then."""
    asked = {"action": "forget", "_selected_action": [row.pk]}
    answer = client.post(reverse(LISTING), asked, follow=True)
    return [str(message) for message in answer.context["messages"]]


def test_staff_see_the_consent_and_change_nothing(anna: Customer) -> None:
    """The consent, and whose it is; no number of a card, for there is none."""
    paid(anna, **AGREED)
    row = SavedMethod.objects.get()
    client = clerk("view_savedmethod")

    listing = client.get(reverse(LISTING)).content.decode()
    page = client.get(reverse("admin:tradepost_payments_savedmethod_change", args=[row.pk])).content.decode()

    assert "Visa •••• 4242" in listing
    assert "Keep this card for my next orders" in page
    assert 'name="_save"' not in page
    forget(client, row)
    row.refresh_from_db()
    assert row.forget_asked_at is None


def test_staff_forget_a_card(anna: Customer) -> None:
    """Here and at the provider; where that gives no answer staff are told so."""
    paid(anna, **AGREED)
    client, row = clerk("view_savedmethod", "change_savedmethod"), SavedMethod.objects.get()
    Forgetful.failures = [OutcomeUnknown("no answer")]

    first, second = forget(client, row), forget(client, row)

    assert first[-1] == "1 can no longer be used; their provider didn't answer, and will be asked again."
    assert second == ["1 deleted."]
    row.refresh_from_db()
    assert row.forgotten_at is not None
