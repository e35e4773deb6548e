"""Accounts that are shut: by staff for a while, by their owner for good."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from tradepost.core import db, events
from tradepost.core.dates import clock
from tradepost.core.inputs.email_keys import Email
from tradepost.customers.errors import HasAccount
from tradepost.customers.services import customer_for, forget_person

from ..conf import users
from ..events import AccountClosed, CredentialsChanged
from ..models import AccountToken, ApiKey, EmailIdentity, Session
from .identities import current_identity, locked
from .passwords import notice_to, prove_password
from .sessions import end_all
from .tokens import end_tokens

__all__ = ["close_account", "close_on_request", "deactivate", "reactivate"]


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

    Side effects: sessions and mailed tokens are deleted, API keys revoked, and the user has a name that says nothing and may do
    nothing; the mailbox is free for a new account; a mail confirms it.
    """
    prove_password(user, password)
    _close(user, language=translation.get_language() or "")


@db.atomic
def close_on_request(user: Any) -> None:
    """Close an account for good at its owner's wish, by the shop; as :func:`close_account` does.

    Raises:
        HasAccount: It is an account of staff.
    """
    if getattr(user, "is_staff", False) or getattr(user, "is_superuser", False):
        raise HasAccount(_("This is an account of staff."))
    _close(user, language="")  # the present one is that of who does it


@db.atomic
def _close(user: Any, *, language: str) -> None:
    user = locked(user)
    customer = customer_for(user)
    identity = current_identity(user)
    _delete_access(user.pk)
    users().forget(user)
    events.publish(CredentialsChanged(user.pk, "closed"))
    events.publish(AccountClosed(user.pk, customer.pk))
    if identity is not None:
        events.publish(notice_to(user, "closed", Email(identity.address, identity.key), language=language))
    forget_person(customer)


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
