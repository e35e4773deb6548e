"""Accounts that are shut by staff for a while, or by their owner for good."""

from __future__ import annotations

import re
from contextlib import nullcontext
from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from django.db.models import CharField
from django.utils import translation

from tradepost.accounts.conf import users
from tradepost.accounts.errors import ApiKeyRefused, LinkUnusable, SessionOver, WrongPassword
from tradepost.accounts.events import AccountClosed, CredentialsChanged
from tradepost.accounts.jobs import forget_tokens
from tradepost.accounts.models import AccountToken, ApiKey, EmailIdentity, Session
from tradepost.accounts.services import (
    begin,
    close_account,
    close_on_request,
    create_key,
    deactivate,
    open_key,
    reactivate,
    refresh,
    reset_password,
)
from tradepost.accounts.services.tokens import issue
from tradepost.accounts.users.model_users import has_field
from tradepost.basket.models import Basket
from tradepost.basket.services import basket_of
from tradepost.checkout.models import Checkout
from tradepost.core.dates import clock
from tradepost.core.errors import Misused
from tradepost.core.inputs.email_keys import read_email
from tradepost.customers.models import Address, Customer
from tradepost.testing import frozen

from .people import PASSWORD, account, can_deactivate, mailed, token_for

pytestmark = pytest.mark.django_db


def fresh(user: Any) -> Any:
    return get_user_model().objects.get(pk=user.pk)


def test_staff_deactivate_and_reactivate(heard: list[Any]) -> None:
    """Sign-ins end; the address stays theirs. A model without a place for it says so, and nothing changes."""
    anna = account()
    heard.clear()
    with nullcontext() if can_deactivate() else pytest.raises(Misused):
        deactivate(anna)

    ended = [CredentialsChanged(anna.pk, "deactivated")] if can_deactivate() else []
    assert heard == ended
    assert users().is_active(fresh(anna)) is not can_deactivate()
    assert EmailIdentity.objects.get().user == anna
    with nullcontext() if can_deactivate() else pytest.raises(Misused):
        reactivate(fresh(anna))
    assert users().is_active(fresh(anna))
    assert fresh(anna).check_password(PASSWORD)


def test_an_account_is_closed_by_its_owner(heard: list[Any]) -> None:
    """Personal data goes, links end, and a mail confirms it; the rows that orders point at stay."""
    anna = account(name="Anna Berg", language="de")
    customer = Customer.objects.get()
    Customer.objects.update(phone="030 1", phone_e164="+49301", phone_extension="2", tax_id="DE1")
    Customer.objects.update(birth_date=date(1990, 1, 1))
    Address.objects.create(customer=customer, name="Anna Berg", line1="Weg 1", city="Berlin", country="DE")
    Checkout.objects.create(
        basket=basket_of(customer), email="anna@example.com", shipping_address={"name": "Anna Berg"}
    )
    link = token_for("anna@example.com", "reset")
    heard.clear()

    close_account(anna, PASSWORD)

    user = fresh(anna)
    assert not (users().is_active(user) and user.has_usable_password())
    assert "anna" not in f"{getattr(user, user.get_email_field_name())} {user.get_username()}".lower()
    customer.refresh_from_db()
    assert (customer.name, customer.email, customer.phone, customer.tax_id) == ("", "", "", "")
    assert (customer.phone_e164, customer.phone_extension, customer.birth_date) == ("", "", None)
    assert customer.anonymised_at is not None
    assert not Address.objects.exists()
    assert not Checkout.objects.exists()
    assert not Basket.objects.exists()
    assert not EmailIdentity.objects.exists()
    assert heard == [CredentialsChanged(anna.pk, "closed"), AccountClosed(anna.pk, customer.pk)]
    (notice,) = mailed()
    assert (notice.to, notice.subject) == (["anna@example.com"], "Tradepost: your account is closed")
    assert '<html lang="de">' in str(notice.alternatives)
    with pytest.raises(LinkUnusable):
        reset_password(link, "third-harbour-9")


def test_a_closed_account_of_staff_may_do_nothing() -> None:
    """Its row isn't staff's any more, so that nobody who activates it by hand gives it rights that were forgotten."""
    if not has_field("groups"):
        pytest.skip("The project's users have no permissions of Django's.")
    anna = account()
    anna.groups.add(Group.objects.create(name="Finance"))
    anna.user_permissions.add(Permission.objects.all()[0])
    type(anna)._default_manager.filter(pk=anna.pk).update(is_staff=True, is_superuser=True)

    close_account(anna, PASSWORD)

    user = fresh(anna)
    assert (user.is_staff, user.is_superuser) == (False, False)
    assert (user.groups.count(), user.user_permissions.count()) == (0, 0)


def test_staff_close_an_account_in_a_language_that_isnt_its_owners(settings: Any) -> None:
    """Who chose none is written to in the page's where they are at it themselves, else in the shop's."""
    anna, bert = account(), account("bert@example.com")
    Customer.objects.update(language="")
    with translation.override("de"):
        close_account(anna, PASSWORD)
        close_on_request(bert)

    languages = [re.findall(r'<html lang="(..)">', str(notice.alternatives)) for notice in mailed()]
    assert languages == [["de"], [settings.LANGUAGE_CODE]]


def test_nothing_is_left_that_opens_a_closed_account() -> None:
    """No token, no session with its device and address, no key; another account's stay."""
    anna, bert = account(), account("bert@example.com")
    tokens = [token_for(f"{name}@example.com", "reset") for name in ("anna", "bert")]
    keys = [create_key("Till", user=user, scopes=[], by=user) for user in (anna, bert)]
    signed = [begin(user, user_agent="Shop-App/1.2", address="192.0.2.1") for user in (anna, bert)]
    browser = begin(anna, user_agent="Firefox", address="192.0.2.1", browser_key="x" * 32).session

    close_account(anna, PASSWORD)

    assert {row.email_key for row in AccountToken.objects.all()} == {"bert@example.com"}
    assert [row.uuid for row in Session.objects.alive(clock.now())] == [signed[1].session.uuid]
    rest = Session.objects.get(user=anna)  # Django's session of it is deleted once this is committed
    assert (rest.pk, rest.label, rest.address, rest.end_reason) == (browser.pk, "", None, "inactive")
    with pytest.raises(SessionOver):
        refresh(signed[0].refresh_token)
    with pytest.raises(ApiKeyRefused):
        open_key(keys[0].text)
    assert open_key(keys[1].text).user == bert
    assert ApiKey.objects.get(user=anna).revoked_at is not None
    with pytest.raises(LinkUnusable):
        reset_password(tokens[0], "third-harbour-9")
    assert reset_password(tokens[1], "third-harbour-9") == bert


def test_a_link_that_was_on_its_way_opens_no_closed_account() -> None:
    """Made from what was read just before the end; whether the user model can say that it is closed or not."""
    anna = account()
    close_account(anna, PASSWORD)
    secret = issue(
        AccountToken.Purpose.RESET, read_email("anna@example.com"), lifetime=timedelta(hours=1), user_id=anna.pk
    )

    with pytest.raises(LinkUnusable):
        reset_password(secret, "third-harbour-9")

    assert not fresh(anna).has_usable_password()
    assert not EmailIdentity.objects.exists()


def test_a_name_that_is_an_address_goes_too() -> None:
    """As accounts have it that were made before addresses were proven."""
    anna = account()
    field = get_user_model()._meta.get_field(get_user_model().USERNAME_FIELD)
    if not isinstance(field, CharField):
        pytest.skip("names aren't texts here")
    setattr(anna, field.name, "anna@example.com")
    anna.save()

    close_account(anna, PASSWORD)

    assert "anna" not in fresh(anna).get_username()


def test_an_account_is_not_closed_without_the_password() -> None:
    """Nothing has changed."""
    anna = account(name="Anna")
    with pytest.raises(WrongPassword):
        close_account(anna, "guessed")
    assert fresh(anna).check_password(PASSWORD)
    assert Customer.objects.get().name == "Anna"


def test_a_mailbox_is_free_after_closing() -> None:
    """The new account has nothing of the old one."""
    anna = account()
    close_account(anna, PASSWORD)
    mailed()

    again = account()

    assert again != anna
    assert Customer.objects.get(user=again) != Customer.objects.get(user=anna)


def test_old_tokens_are_deleted() -> None:
    """A month after they expired."""
    token_for("anna@example.com")
    end = AccountToken.objects.get().expires_at

    with frozen(end + timedelta(days=30)):
        assert forget_tokens() == 0
    with frozen(end + timedelta(days=30, seconds=1)):
        assert forget_tokens() == 1
    assert clock.now() < end
    assert not AccountToken.objects.exists()
