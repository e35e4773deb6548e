"""A new address for an account: proven first, and undone by whoever reads the old one."""

from __future__ import annotations

from typing import Any

from django.utils import translation

from tradepost.core import db, events
from tradepost.core.dates import clock
from tradepost.core.inputs.email_keys import Email, read_email
from tradepost.customers.services import customer_for

from ..base import AbstractAccountToken, AbstractEmailIdentity
from ..conf import settings
from ..events import AccountMailRequested, CredentialsChanged
from ..models import EmailIdentity
from .identities import claim, current_identity, is_open, locked
from .mail_limits import count_mail
from .passwords import notice_to, prove_password
from .tokens import consume, end_tokens, unusable

__all__ = ["change_email", "request_email_change", "undo_email_change"]

Purpose = AbstractAccountToken.Purpose


def request_email_change(user: Any, email: str, password: str) -> None:
    """Have a link mailed to a new address, by which it becomes the account's. Nothing changes before. Who hasn't said in which
    language to write to them is written to in the present one.

    Raises:
        WrongPassword: It isn't the account's password.
        InvalidEmail: The new address can't be used.
        TooManyRequests: Too many mails were asked for to this mailbox.
    """
    prove_password(user, password)
    address, key = read_email(email)
    count_mail(key, asker=f"user:{user.pk}")
    spoken = translation.get_language() or ""
    _publish(AccountMailRequested("change_email", address, key, language=spoken, user_id=user.pk))


@db.atomic
def _publish(event: AccountMailRequested) -> None:
    events.publish(event)


@db.atomic
def change_email(token: str, *, user: Any) -> AbstractEmailIdentity:
    """Make the mailbox of a link the account's address. The old one is kept for them as long as that can be undone; by a return
    to an address that is kept itself, those that were proven later are free at once.

    Args:
        user: Who is signed in. The link alone changes nothing: whoever reads the new mailbox may be somebody else than asked.

    Raises:
        LinkUnusable: The token can't be used, is another account's, or the account may not be signed in to. A token of
            another account can still be used there.
        AddressTaken: The mailbox has become another account's.

    Side effects: sign-ins from before end; the old address hears of it, with a link that undoes it. What a guest has bought by
    the new address isn't joined: a browser that somebody else left signed in must not show them its reader's orders.
    """
    row = consume(Purpose.CHANGE_EMAIL, token, user=user)
    user = _holder(row)
    now, earlier = clock.now(), current_identity(user)
    kept = EmailIdentity.objects.filter(user_id=user.pk, key=row.email_key, kept_until__gt=now).first()
    if kept is not None:  # a return: who has the address in between, perhaps a thief, must not be able to undo it
        _forget_later(kept)
    # Whoever follows the link reads the mailbox, but the account may be another person's: their orders stay theirs.
    email, until = Email(row.address, row.email_key), now + settings().UNDO_LIFETIME
    identity = claim(user, email, keep_until=until, joins=False)
    end_tokens(user.pk, Purpose.RESET, Purpose.CHANGE_EMAIL)
    events.publish(CredentialsChanged(user.pk, "email"))
    if earlier is not None and earlier.key != identity.key:
        kind = "email_changed" if kept is None else "email_returned"
        events.publish(notice_to(user, kind, Email(earlier.address, earlier.key)))
    return identity


@db.atomic
def undo_email_change(token: str) -> AbstractEmailIdentity:
    """Give an account back to the mailbox that it had before, by the link that was sent there.

    Whoever changed the address knew the password, so that is taken away, and a link to a new one is mailed.

    Raises:
        LinkUnusable: The token can't be used, or the old address isn't kept any more.

    Side effects: addresses that were proven later are free; all sign-ins end.
    """
    row = consume(Purpose.UNDO_EMAIL, token)
    user = _holder(row)
    rows = EmailIdentity.objects.filter(user_id=user.pk)
    kept = next((identity for identity in rows if identity.key == row.email_key and not identity.is_current), None)
    if kept is None:
        raise unusable()
    _forget_later(kept)
    user.set_unusable_password()
    user.save(update_fields=["password"])
    identity = claim(user, Email(row.address, row.email_key))
    end_tokens(user.pk)
    events.publish(CredentialsChanged(user.pk, "email_undone"))
    language = customer_for(user).language or translation.get_language() or ""
    events.publish(AccountMailRequested("reset", row.address, row.email_key, language=language))
    return identity


def _holder(row: AbstractAccountToken) -> Any:
    """The user of a token, locked.

    Raises:
        LinkUnusable: They may not be signed in to, or were deleted before the mail was written.
    """
    user = None if row.user is None else locked(row.user)
    if user is None or not is_open(user):
        raise unusable()
    return user


def _forget_later(identity: AbstractEmailIdentity) -> None:
    """Free the mailboxes that were proven after one of the same user."""
    EmailIdentity.objects.filter(user_id=identity.user_id, verified_at__gt=identity.verified_at).delete()
