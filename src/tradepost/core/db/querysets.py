"""What all our querysets have."""

from __future__ import annotations

from typing import Self, TypeVar

from django.db import models

from . import transactions

__all__ = ["LockableQuerySet"]

M = TypeVar("M", bound=models.Model, covariant=True)


class LockableQuerySet(models.QuerySet[M]):
    """A queryset whose rows can be locked, in one way only."""

    def locked(self) -> Self:
        """Lock in primary-key order, so that two transactions can't wait for each other."""
        return transactions.lock(self)  # type: ignore[return-value]
