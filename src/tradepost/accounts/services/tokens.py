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


def peek(purpose: Purpose, secret: str) -> AbstractAccountToken:
    """The token as it is now, for a page that asks before it is used. Writes nothing.

    Raises:
        LinkUnusable: It can't be used.
    """
    token = AccountToken.objects.usable(clock.now()).filter(purpose=purpose, digest=_digest(secret))
    row = token.select_related("user").first()
    if row is None:
        raise unusable()
    return row


def consume(purpose: Purpose, secret: str) -> AbstractAccountToken:
    """Use a token up in the caller's transaction, whose end decides whether it stays used.

    One conditional update decides: of two calls at once one changes a row, and the other none.

    Raises:
        LinkUnusable: It can't be used, or somebody else was faster.
    """
    now, digest = clock.now(), _digest(secret)
    if not AccountToken.objects.usable(now).filter(purpose=purpose, digest=digest).update(used_at=now):
        raise unusable()
    return AccountToken.objects.select_related("user").get(digest=digest)


def end_tokens(user_id: Any, *purposes: Purpose) -> None:
    """End a user's tokens that weren't used yet; of all purposes where none is named."""
    now = clock.now()
    rows = AccountToken.objects.usable(now).filter(user_id=user_id)
    (rows.filter(purpose__in=purposes) if purposes else rows).update(used_at=now)


def forget_old() -> int:
    """Delete tokens that expired a month ago, a bounded number of them; gives how many."""
    old = AccountToken.objects.filter(expires_at__lt=clock.now() - _KEPT).order_by("pk")
    return AccountToken.objects.filter(pk__in=list(old.values_list("pk", flat=True)[:_BATCH])).delete()[0]


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def unusable() -> LinkUnusable:
    """The refusal of a token, whatever is wrong with it."""
    return LinkUnusable(_("This link has expired or was already used. Please ask for a new one."))
