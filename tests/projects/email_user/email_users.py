"""The abstract e-mail user as a project has it; run by tests/accounts/test_user_models.py under the settings beside."""

from __future__ import annotations

import pytest
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from tests.accounts.people import account, mailed, secret_in
from tradepost.accounts import services
from tradepost.core.errors import InvalidEmail

pytestmark = pytest.mark.django_db
PASSWORD = "quiet-harbour-7"


def test_one_mailbox_is_one_user() -> None:
    """However the address is written; a doubtful one is refused."""
    users = get_user_model().objects
    anna = users.create_user("Anna@Example.com", PASSWORD, name="Anna Berg")

    assert (anna.email, anna.get_full_name(), str(anna)) == ("anna@example.com", "Anna Berg", "anna@example.com")
    assert users.get_by_natural_key("ANNA@example.COM") == anna
    with pytest.raises(IntegrityError), transaction.atomic():
        users.create_user("anna@EXAMPLE.com")
    for text in ("anna@straße.de", "anna", ""):
        with pytest.raises(InvalidEmail):
            users.create_user(text)
        with pytest.raises(get_user_model().DoesNotExist):
            users.get_by_natural_key(text)
    assert users.count() == 1


def test_who_registers_in_capitals_signs_in() -> None:
    """However they write it then; after a change of address, too. Mail goes to the address as it was typed."""
    anna = account("Anna.Berg@Example.com")
    assert anna.email == "anna.berg@example.com"
    assert services.current_identity(anna).address == "Anna.Berg@example.com"
    for text in ("Anna.Berg@Example.com", "anna.berg@example.com"):
        assert services.sign_in(text, PASSWORD).session.user == anna

    services.request_email_change(anna, "Anna@Example.com", PASSWORD)
    services.change_email(secret_in(mailed()[-1], "change-email"), user=anna)

    assert services.sign_in("ANNA@example.com", PASSWORD).session.user == anna
    assert get_user_model().objects.get().email == "anna@example.com"


def test_a_command_makes_an_administrator() -> None:
    """Django's own; who signs in by whatever letters."""
    call_command("createsuperuser", email="Boss@Example.com", interactive=False, verbosity=0)
    boss = get_user_model().objects.get()
    boss.set_password(PASSWORD)
    boss.save()

    assert (boss.email, boss.is_staff, boss.is_superuser) == ("boss@example.com", True, True)
    assert Client().login(username="BOSS@example.com", password=PASSWORD)


def test_users_in_the_admin() -> None:
    """They are listed, added and changed, without a name that they haven't got."""
    boss = get_user_model().objects.create_superuser("boss@example.com", PASSWORD)
    client = Client()
    client.force_login(boss)
    passwords = {"usable_password": "true", "password1": PASSWORD, "password2": PASSWORD}

    added = client.post(
        reverse("admin:email_users_user_add"), {"email": "Anna@Example.com", "name": "Anna", **passwords}
    )
    anna = get_user_model().objects.get(email="anna@example.com")
    again = client.post(
        reverse("admin:email_users_user_add"), {"email": "ANNA@example.com", "name": "Eve", **passwords}
    )

    assert (added.status_code, anna.name, anna.check_password(PASSWORD)) == (302, "Anna", True)
    assert "There is already a user with this address." in again.content.decode()
    assert client.get(reverse("admin:email_users_user_change", args=[anna.pk])).status_code == 200
    assert "anna@example.com" in client.get(reverse("admin:email_users_user_changelist")).content.decode()
