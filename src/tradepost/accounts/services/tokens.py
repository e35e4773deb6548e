"""Single-use tokens that are mailed: made, looked at, used, ended."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from tradepost.core import db
from tradepost.core.dates import clock
from tradepost.core.inputs.email_keys import Email

from ..base import AbstractAccountToken
from ..errors import LinkUnusable
from ..models import AccountToken
from ..querysets import AccountTokenQuerySet

__all__ = ["consume", "end_tokens", "forget_old", "issue", "peek", "unusable"]

Purpose = AbstractAccountToken.Purpose
_KEPT = timedelta(days=30)
_BATCH = 5000


@db.atomic
def issue(
    purpose: Purpose, email: Email, *, lifetime: timedelta, user_id: Any = None, data: Mapping[str, Any] | None = None
) -> str:
    """Make a token for a mailbox; older ones of the same purpose, mailbox and user end.

    Returns:
        The secret, 43 characters that go into a link. It isn't stored, so it can't be had again.
    """
    now, secret = clock.now(), secrets.token_urlsafe(32)
    older = AccountToken.objects.usable(now).filter(purpose=purpose, email_key=email.key, user_id=user_id)
    older.update(used_at=now)
    AccountToken.objects.create(
        purpose=purpose,
        digest=_digest(secret),
        email_key=email.key,
        address=email.address,
        user_id=user_id,
        data=dict(data or {}),
        created_at=now,
        expires_at=now + lifetime,
    )
    return secret


def peek(purpose: Purpose, secret: str, *, user: Any = None) -> AbstractAccountToken:
    """The token as it is now, for a page that asks before it is used. Writes nothing.

    Args:
        user: Who is signed in, where the purpose is theirs alone to use; ``None`` where whoever has the link may.

    Raises:
        LinkUnusable: It can't be used, or not by them.
    """
    row = _usable(purpose, secret, user).select_related("user").first()
    if row is None:
        raise unusable(purpose)
    return row


def consume(purpose: Purpose, secret: str, *, user: Any = None) -> AbstractAccountToken:
    """Use a token up in the caller's transaction, whose end decides whether it stays used.

    One conditional update decides: of two calls at once one changes a row, and the other none.

    Args:
        user: As for :func:`peek`; anybody else leaves the token as it is.

    Raises:
        LinkUnusable: It can't be used, or not by them, or somebody else was faster.
    """
    if not _usable(purpose, secret, user).update(used_at=clock.now()):
        raise unusable(purpose)
    return AccountToken.objects.select_related("user").get(digest=_digest(secret))


def end_tokens(user_id: Any, *purposes: Purpose) -> None:
    """End a user's tokens that weren't used yet; of all purposes where none is named."""
    now = clock.now()
    rows = AccountToken.objects.usable(now).filter(user_id=user_id)
    (rows.filter(purpose__in=purposes) if purposes else rows).update(used_at=now)


def forget_old() -> int:
    """Delete tokens that expired a month ago, a bounded number of them; gives how many."""
    old = AccountToken.objects.filter(expires_at__lt=clock.now() - _KEPT).order_by("pk")
    return AccountToken.objects.filter(pk__in=list(old.values_list("pk", flat=True)[:_BATCH])).delete()[0]


def _usable(purpose: Purpose, secret: str, user: Any) -> AccountTokenQuerySet[AbstractAccountToken]:
    rows = AccountToken.objects.usable(clock.now()).filter(purpose=purpose, digest=_digest(secret))
    return rows if user is None else rows.filter(user_id=user.pk, user_id__isnull=False)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def unusable(purpose: Purpose | None = None) -> LinkUnusable:
    """The refusal of a token, whatever is wrong with it."""
    if purpose == Purpose.CHANGE_EMAIL:
        return LinkUnusable(_("This link has expired, was already used, or was sent for another account."))
    return LinkUnusable(_("This link has expired or was already used. Please ask for a new one."))
