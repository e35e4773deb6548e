"""Leases: who is about to call a provider for a row says so before, and until when. Nobody else sends while that is good.

Not every provider has a key that makes two calls one. So each call that moves money is sent by who holds the row's lease:
the first sender gets it together with the row, and who sends again has to take it. One that its holder lost, because its
process died or its answer never came, runs out by itself.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.db import models
from django.db.models import Q

from tradepost.core.dates import clock

__all__ = ["LENGTH", "Leased", "grant", "release", "renew", "take"]

LENGTH = timedelta(minutes=3)
_ENOUGH = LENGTH / 2
"""How much of a lease must be left when a call begins: longer than a gateway's calls take, time-outs and all."""


class Leased(models.Model):
    """A row for which a provider is called by one process at a time.

    Attributes:
        held_lease: Of this very object, where it is the holder's. What was merely read from the database holds nothing.
    """

    lease_owner = models.CharField(max_length=32, blank=True, editable=False)
    lease_until = models.DateTimeField(null=True, blank=True, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    held_lease = ""

    class Meta:
        abstract = True


def grant(row: Leased) -> None:
    """Give a row that is locked, or new, a lease of its own; the caller saves it."""
    _hold(row, _new())


def take(row: Leased, *, as_seen: bool = False) -> bool:
    """Be the only one who calls for a row from now on.

    Args:
        row: Of the database; it holds the lease then.
        as_seen: Only if nobody has touched it since it was read: whoever did has asked already.
    """
    now, values = clock.now(), _new()
    rows = type(row)._base_manager.filter(Q(lease_until=None) | Q(lease_until__lte=now), pk=row.pk)
    if as_seen:
        rows = rows.filter(updated_at=row.updated_at)
    if not rows.update(updated_at=now, **values):
        return False
    _hold(row, values)
    return True


def renew(row: Leased) -> bool:
    """Whether a row's lease is held, and good for a call that begins now."""
    if not row.held_lease or row.lease_until is None:
        return False
    now = clock.now()
    if row.lease_until - now >= _ENOUGH:  # nobody else can have taken it
        return True
    mine = type(row)._base_manager.filter(pk=row.pk, lease_owner=row.held_lease, lease_until__gt=now)
    row.lease_until = now + LENGTH
    return bool(mine.update(lease_until=row.lease_until))


def release(row: Leased) -> None:
    """Let others call, if the row's lease is held."""
    if row.held_lease:
        mine = type(row)._base_manager.filter(pk=row.pk, lease_owner=row.held_lease)
        mine.update(lease_owner="", lease_until=None)
    row.held_lease = row.lease_owner = ""
    row.lease_until = None


def _new() -> dict[str, Any]:
    return {"lease_owner": uuid4().hex, "lease_until": clock.now() + LENGTH}


def _hold(row: Leased, values: dict[str, Any]) -> None:
    row.held_lease = row.lease_owner = values["lease_owner"]
    row.lease_until = values["lease_until"]
