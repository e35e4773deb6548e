"""Counters without gaps."""

from __future__ import annotations

from ..models import Sequence
from . import transactions

__all__ = ["next_value"]


@transactions.atomic
def next_value(name: str, *, start: int = 1) -> int:
    """The next number of a sequence. Its row stays locked until the transaction ends, so that a rollback leaves no gap.

    Args:
        name: The sequence; it is made at its first use.
        start: The first number.
    """
    row = transactions.lock(Sequence.objects.filter(name=name)).first()
    if row is None:
        transactions.insert_missing([Sequence(name=name, value=start - 1)], unique=["name"])
        row = transactions.lock(Sequence.objects.filter(name=name)).get()
    row.value += 1
    row.save(update_fields=["value"])
    return row.value
