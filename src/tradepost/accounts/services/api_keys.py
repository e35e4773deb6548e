"""Keys of integrations: made once, shown once, bounded by their scopes and by the role of their user."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tradepost.core import db
from tradepost.core.access import existing_permissions
from tradepost.core.dates import clock
from tradepost.core.errors import Invalid, Misused

from ..base import AbstractApiKey
from ..credentials.api_keys import KeyText, is_key, read_key
from ..errors import ApiKeyRefused, ScopesRefused
from ..models import ApiKey

__all__ = ["NewKey", "create_key", "is_key", "open_key", "revoke_key"]

_NOTED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key that was just made, with its text, which nobody can ever read again."""

    row: AbstractApiKey
    text: str


@db.atomic
def create_key(name: str, *, user: Any, scopes: Sequence[str], by: Any, expires_at: datetime | None = None) -> NewKey:
    """Make a key for an integration.

    Args:
        name: For people, and for histories of what it did.
        user: With whose role it works: best one of its own for each integration, who is staff.
        scopes: Permissions, as in ``"tradepost_orders.view_order"``.
        by: The user who makes it; it can't do what they may not do themselves.
        expires_at: When it ends; ``None`` for no end.

    Raises:
        ScopesRefused: A scope isn't a permission, or ``by`` doesn't have it. Nothing was made.
        Invalid: The end is over already.
    """
    existing = existing_permissions()
    refused = sorted({scope for scope in scopes if scope not in existing or not by.has_perm(scope)})
    if refused:
        raise ScopesRefused(_("A key can't get permissions that you don't have."), attr="scopes", scopes=refused)
    if expires_at is not None and expires_at <= clock.now():
        raise Invalid(_("The end has to be in the future."), attr="expires_at")
    key = KeyText.new()
    row = ApiKey(
        name=name,
        prefix=key.prefix,
        digest=key.digest,
        scopes=sorted(set(scopes)),
        user=user,
        created_by_id=by.pk,
        created_at=clock.now(),
        expires_at=expires_at,
    )
    row.save(force_insert=True)
    return NewKey(row, key.text)


def revoke_key(key: AbstractApiKey) -> None:
    """End a key for good; one that was revoked keeps its time."""
    now = clock.now()
    if ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=now):
        key.revoked_at = now


def open_key(text: str) -> AbstractApiKey:
    """The key that a caller shows; its ``user`` may do what is in its scopes and in their own role, and no more.

    Raises:
        ApiKeyRefused: It is unknown, revoked or expired, or its user isn't active.

    Side effects: notes its use, once a minute at most.
    """
    given = read_key(text)
    key = given and ApiKey.objects.usable(clock.now()).filter(prefix=given.prefix).select_related("user").first()
    if not key or not given or not hmac.compare_digest(key.digest, given.digest) or not key.user.is_active:
        raise ApiKeyRefused(_("This API key isn’t valid."))
    _note_use(key)
    _bound(key.user, key)
    return key


def _note_use(key: AbstractApiKey) -> None:
    now = clock.now()
    if key.last_used_at is None or key.last_used_at <= now - _NOTED_EVERY:
        unused = Q(last_used_at=None) | Q(last_used_at__lte=now - _NOTED_EVERY)
        ApiKey.objects.filter(unused, pk=key.pk).update(last_used_at=now)


def _bound(user: Any, key: AbstractApiKey) -> None:
    """Let this object of a user, and no other, have the permissions in both the scopes of a key and the user's own role."""
    own: Callable[..., bool] = getattr(user, "has_perm", lambda *args: False)
    scopes, is_superuser = frozenset(key.scopes), bool(getattr(user, "is_superuser", False))

    def has_perm(permission: str, obj: Any = None) -> bool:
        return permission in scopes and (is_superuser or own(permission, obj))

    def save(*args: Any, **kwargs: Any) -> None:
        raise Misused("The user of an API key is bounded by its scopes, and must not be saved so.")

    user.tradepost_api_key = key
    user.is_superuser = False  # else whatever asks for that lets the key do everything
    user.has_perm = has_perm
    user.has_perms = lambda permissions, obj=None: all(has_perm(permission, obj) for permission in permissions)
    user.has_module_perms = lambda app: any(scope.startswith(f"{app}.") and has_perm(scope) for scope in scopes)
    user.get_all_permissions = lambda obj=None: {scope for scope in scopes if has_perm(scope, obj)}
    user.save = save
