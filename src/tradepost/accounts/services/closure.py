"""Accounts that are shut: by staff for a while, by their owner for good."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from tradepost.core import db, events
from tradepost.core.dates import clock
from tradepost.core.inputs.email_keys import Email
from tradepost.customers.base import AbstractCustomer
from tradepost.customers.models import Address, Consent
from tradepost.customers.services import customer_for, forget_tier, withdraw_all_consents

from ..conf import users
from ..events import AccountClosed, CredentialsChanged
from ..models import AccountToken, ApiKey, EmailIdentity, Session
from .identities import current_identity, locked
from .passwords import notice_to, prove_password
from .sessions import end_all
from .tokens import end_tokens

__all__ = ["close_account", "deactivate", "reactivate"]

_PERSONAL = ("email", "name", "phone", "phone_e164", "phone_extension", "tax_id")


@db.atomic
def deactivate(user: Any) -> None:
    """Let a user sign in no more, until :func:`reactivate`. For staff.

    Raises:
        Misused: The user model has no place for it.

    Side effects: all sign-ins end, and links that were mailed.
    """
    user = locked(user)
    users().set_active(user, active=False)
    end_tokens(user.pk)
    events.publish(CredentialsChanged(user.pk, "deactivated"))


@db.atomic
def reactivate(user: Any) -> None:
    """Let a user sign in again, with the password they had. For staff."""
    users().set_active(locked(user), active=True)


def close_account(user: Any, password: str) -> None:
    """Close an account for its owner, for good. Orders stay as they were placed, for the books; the customer's own data go.

    Raises:
        WrongPassword: It isn't the account's password.

    Side effects: sessions and mailed tokens are deleted, API keys revoked, and the user has a name that says nothing; the mailbox
    is free for a new account; a mail confirms it.
    """
    prove_password(user, password)
    _close(user)


@db.atomic
def _close(user: Any) -> None:
    user = locked(user)
    customer = customer_for(user)
    identity = current_identity(user)
    _delete_access(user.pk)
    users().forget(user)
    events.publish(CredentialsChanged(user.pk, "closed"))
    events.publish(AccountClosed(user.pk, customer.pk))
    if identity is not None:
        events.publish(notice_to(user, "closed", Email(identity.address, identity.key)))
    _anonymise(customer)


def _delete_access(user_id: Any) -> None:
    """Leave nothing by which the account is opened, and nothing that says where and from what devices it was.

    API keys stay as revoked ones until they are forgotten with all others: histories name them.
    """
    identities = EmailIdentity.objects.filter(user_id=user_id)
    keys = list(identities.values_list("key", flat=True))
    AccountToken.objects.filter(Q(user_id=user_id) | Q(email_key__in=keys)).delete()
    identities.delete()
    end_all(user_id, Session.End.INACTIVE)
    Session.objects.filter(user_id=user_id, browser_key=None).delete()
    Session.objects.filter(user_id=user_id).update(label="", address=None)  # kept until the browser is signed out
    ApiKey.objects.filter(user_id=user_id, revoked_at=None).update(revoked_at=clock.now())


def _anonymise(customer: AbstractCustomer) -> None:
    # what they agreed to, and when, stays beside a customer without a name; nothing may be sent by it any more
    withdraw_all_consents(customer, source=Consent.Source.CLOSURE)
    forget_tier(customer)
    Address.objects.filter(customer_id=customer.pk).delete()
    for name in _PERSONAL:
        setattr(customer, name, "")
    customer.birth_date, customer.anonymised_at = None, clock.now()
    customer.save(update_fields=[*_PERSONAL, "birth_date", "anonymised_at"])
