"""Writing prices with their history: the one place where rows of prices are made, changed and deleted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, TypeAlias

from django.db import connections

from tradepost.core.dates import clock

from ..models import Price, PriceChange
from .history import Key, key_of, since, with_last

__all__ = ["Amounts", "Wanted", "write"]

_AT_ONCE = 5000  # variants; databases bound the parameters of a query

Amounts: TypeAlias = tuple[Decimal, Decimal | None]
"""Of a price, and what it was."""
Wanted: TypeAlias = Mapping[Key, Amounts | None]
"""Amounts by variant and quantity; ``None`` where there is to be no price."""


def _parts(changes: Wanted) -> Iterator[Wanted]:
    keys = sorted(changes)
    for start in range(0, len(keys), _AT_ONCE):
        yield {key: changes[key] for key in keys[start : start + _AT_ONCE]}


def write(price_list_id: int, targets: Wanted, *, converted: bool = False) -> set[int]:
    """Write what differs, with its changes, by five queries for each 5,000 prices at most; the caller has locked the list.

    Args:
        price_list_id: Whose.
        targets: What is to be; other prices stay.
        converted: Whether they are made from another list.

    Returns:
        Primary keys of the variants of which some price changed.
    """
    changed: set[int] = set()
    for part in _parts(targets):
        changed |= _write(price_list_id, part, converted=converted)
    return changed


def _write(price_list_id: int, targets: Wanted, *, converted: bool) -> set[int]:
    now, variants = clock.now(), {variant for variant, _least in targets}
    rows = with_last(Price.objects.filter(price_list=price_list_id, variant__in=variants))
    have: dict[Key, Any] = {key_of(row): row for row in rows}
    changes = [
        PriceChange(price_list_id=price_list_id, variant_id=v, min_quantity=q, amount=row.amount, at=since(row, now))
        for (v, q), row in have.items()
        if row.last_amount != row.amount  # written around us
    ]
    kept: list[Any] = []
    gone: list[int] = []
    touched: set[int] = set()
    for (variant, least), new in targets.items():
        row: Any = have.get((variant, least))
        if _stays(row, new, converted=converted):
            continue
        touched.add(variant)
        if new is None:
            gone.append(row.pk)
        else:
            amounts = {"amount": new[0], "was_amount": new[1], "is_converted": converted}
            kept.append(Price(price_list_id=price_list_id, variant_id=variant, min_quantity=least, **amounts))
        if row is None or new is None or row.amount != new[0]:
            amount = None if new is None else new[0]
            changes.append(
                PriceChange(price_list_id=price_list_id, variant_id=variant, min_quantity=least, amount=amount, at=now)
            )
    _store(kept, gone, changes)
    return touched


def _stays(row: Any, new: Amounts | None, *, converted: bool) -> bool:
    """Whether there is nothing to write: no price where there is none, or the same one."""
    if new is None or row is None:
        return new is None and row is None
    return (row.amount, row.was_amount, row.is_converted) == (*new, converted)


def _store(kept: Sequence[Any], gone: Sequence[int], changes: Sequence[Any]) -> None:
    if kept:
        targets = connections[Price.objects.db].features.supports_update_conflicts_with_target
        Price.objects.bulk_create(
            kept,
            update_conflicts=True,
            unique_fields=["price_list", "variant", "min_quantity"] if targets else None,
            update_fields=["amount", "was_amount", "is_converted", "updated_at"],
        )
    if gone:
        Price.objects.filter(pk__in=gone).delete()
    PriceChange.objects.bulk_create(changes)
