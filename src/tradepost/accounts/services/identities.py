"""Which mailbox is whose."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tradepost.core import db, events
from tradepost.core.dates import clock
from tradepost.core.errors import InvalidEmail
from tradepost.core.inputs.email_keys import Email, email_key, read_email
from tradepost.customers.models import Customer
from tradepost.customers.services import customer_for

from ..base import AbstractEmailIdentity
from ..conf import users
from ..errors import AddressTaken
from ..events import EmailVerified
from ..models import EmailIdentity

__all__ = [
    "claim",
    "current_identity",
    "find_identity",
    "forget_kept",
    "is_open",
    "locked",
    "mark_verified",
    "taken",
    "username_for",
]

_BATCH = 5000


def find_identity(key: str) -> AbstractEmailIdentity | None:
    """Whose mailbox it is, or was so lately that nobody else may have it; with user and customer, by one query."""
    rows = EmailIdentity.objects.filter(key=key).filter(Q(is_current=True) | Q(kept_until__gt=clock.now()))
    return rows.select_related("user__tradepost_customer").first()


def current_identity(user: Any) -> AbstractEmailIdentity | None:
    """By which address a user is known; ``None`` where none was proven."""
    return EmailIdentity.objects.current().filter(user_id=user.pk).first()


def username_for(text: str) -> str:
    """By what Django knows the user who signs in with this text.

    An address is one query, whether it has an account or not. What isn't the address of an account is given back as it is.
    """
    if "@" not in text:
        return text
    try:
        key = email_key(text)
    except InvalidEmail:
        return text
    identity = EmailIdentity.objects.current().filter(key=key).select_related("user").first()
    return text if identity is None else str(identity.user.get_username())


@db.atomic
def mark_verified(user: Any, address: str) -> AbstractEmailIdentity:
    """Note that a user has proven that they read a mailbox, by whatever means the project has (another package's mail, a
    sign-in elsewhere). It becomes their address; an earlier one is free again. The same again changes nothing.

    Raises:
        InvalidEmail: The address can't be used.
        AddressTaken: The mailbox is another account's.

    Side effects: user and customer get the address; ``EmailVerified`` is published, so that guest orders are joined.
    """
    return claim(user, read_email(address))


def claim(user: Any, email: Email, *, keep_until: datetime | None = None, joins: bool = True) -> AbstractEmailIdentity:
    """Make a proven mailbox a user's current one, in the caller's transaction.

    Args:
        keep_until: Until when the earlier one is kept for them; ``None`` frees it.
        joins: What a guest has bought by the address joins the account: whoever read the mailbox asked for the account, too.

    Raises:
        AddressTaken: It is another user's. Two claims at once: the unique key lets one pass.
    """
    now = clock.now()
    locked(user)
    EmailIdentity.objects.filter(key=email.key, kept_until__lte=now).exclude(user_id=user.pk).delete()
    rows = list(EmailIdentity.objects.filter(user_id=user.pk))
    earlier = next((row for row in rows if row.is_current), None)
    if earlier is not None and earlier.key == email.key:
        return earlier
    if earlier is not None:
        _put_aside(earlier, keep_until)
    identity = next((row for row in rows if row.key == email.key), None)
    identity = identity or EmailIdentity(key=email.key, user_id=user.pk)
    identity.address, identity.is_current = email.address, True
    identity.verified_at, identity.kept_until = now, None
    try:
        with transaction.atomic():
            identity.save()
            users().set_email(user, email.address)
    except IntegrityError:
        raise taken() from None
    customer = customer_for(user)
    if customer.email != email.address:
        customer.email = email.address
        customer.save(update_fields=["email"])
    if joins:
        events.publish(EmailVerified(user.pk, customer.pk, email.key))
    return identity


def locked(user: Any) -> Any:
    """The user's row as it is now, locked: whatever changes an account does so one after the other."""
    return db.lock(get_user_model()._default_manager.filter(pk=user.pk)).get()


def is_open(user: Any) -> bool:
    """Whether an account may be signed in to: it isn't shut, and its owner hasn't closed it. Whether it is closed, the customer
    says: a user model may have no place for it.
    """
    if not users().is_active(user):
        return False
    return not Customer.objects.filter(user_id=user.pk, anonymised_at__isnull=False).exists()


def taken() -> AddressTaken:
    """The refusal of a mailbox that is somebody else's."""
    return AddressTaken(_("There is already an account with this address. Please sign in, or ask for a new password."))


def forget_kept() -> int:
    """Delete earlier addresses that aren't kept any more, a bounded number of them; gives how many."""
    old = EmailIdentity.objects.filter(kept_until__lte=clock.now()).order_by("pk")
    return EmailIdentity.objects.filter(pk__in=list(old.values_list("pk", flat=True)[:_BATCH])).delete()[0]


def _put_aside(identity: AbstractEmailIdentity, keep_until: datetime | None) -> None:
    if keep_until is None:
        identity.delete()
    else:
        identity.is_current, identity.kept_until = None, keep_until
        identity.save(update_fields=["is_current", "kept_until"])
