"""The base of all our querysets."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Self, TypeVar

from django.db import models

from . import transactions

__all__ = ["LockableQuerySet", "remember"]

M = TypeVar("M", bound=models.Model, covariant=True)


class LockableQuerySet(models.QuerySet[M]):
    """A queryset whose rows can be locked, in one way only."""

    def locked(self) -> Self:
        """Lock in primary-key order, so that two transactions can't wait for each other."""
        return transactions.lock(self)  # type: ignore[return-value]


def remember(row: models.Model, **related: Iterable[models.Model]) -> None:
    """Let a row answer for related rows without asking for them, as if they had been prefetched.

    Args:
        row: Stored, for instance just now.
        related: All rows of a relation, in its order, by its name; of an app that isn't installed they are passed over.
    """
    kept: dict[str, Any] = vars(row).setdefault("_prefetched_objects_cache", {})
    for name, rows in related.items():
        kept.pop(name, None)
        manager = getattr(row, name, None)
        if manager is not None:
            queryset = manager.get_queryset()
            vars(queryset).update(_result_cache=list(rows), _prefetch_done=True)
            kept[name] = queryset
