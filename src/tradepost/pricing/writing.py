"""Writing prices: many at once, with their history."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeAlias

from django.db import connections
from django.utils.translation import gettext_lazy as _

from tradepost.core import clock, db
from tradepost.core.errors import Invalid
from tradepost.core.money import rounded

from .base import AbstractPriceList
from .history import Key, key_of, since, with_last
from .models import Price, PriceChange, PriceList

__all__ = ["NewPrice", "set_prices"]

_AT_ONCE = 5000  # variants; databases bound the parameters of a query
_PLACES = 4


@dataclass(frozen=True, slots=True)
class NewPrice:
    """What a variant is to cost from a quantity on, in the list's currency and basis.

    Attributes:
        amount: Up to four decimals; ``None`` takes the price away.
        was: The price before, to be struck through.
    """

    variant_id: int
    amount: Decimal | None
    was: Decimal | None = None
    min_quantity: int = 1


Amounts: TypeAlias = tuple[Decimal, Decimal | None]  # of a price, and what it was
Wanted: TypeAlias = Mapping[Key, Amounts | None]


@db.atomic
def set_prices(price_list: AbstractPriceList, prices: Iterable[NewPrice]) -> set[int]:
    """Set prices of a list, and note what changed. Prices that aren't named stay.

    The list is locked. Six queries for each 5,000 variants.

    Args:
        price_list: Whose.
        prices: Each variant and quantity once.

    Returns:
        Primary keys of the variants of which some price changed.

    Raises:
        Invalid: An amount is below zero or has more than four decimals, a quantity is less than one, or something is
            named twice; nothing was written.
    """
    wanted = _wanted(prices)
    if not wanted or not PriceList.objects.filter(pk=price_list.pk).locked():
        return set()
    changed: set[int] = set()
    for part in _parts(wanted):
        changed |= write(price_list.pk, part)
    return changed


def _wanted(prices: Iterable[NewPrice]) -> dict[Key, Amounts | None]:
    found: dict[Key, Amounts | None] = {}
    for new in prices:
        key = (new.variant_id, new.min_quantity)
        if key in found:
            raise Invalid(_("A price is named twice."), attr="prices", variant_id=new.variant_id)
        if new.min_quantity < 1:
            raise Invalid(_("Quantities are at least one."), attr="min_quantity", variant_id=new.variant_id)
        for amount in (new.amount, new.was):
            if amount is not None and (not amount.is_finite() or amount < 0 or rounded(amount, _PLACES) != amount):
                message = _("Prices are at least zero, with four decimal places at most.")
                raise Invalid(message, attr="amount", variant_id=new.variant_id)
        found[key] = None if new.amount is None else (new.amount, new.was)
    return found


def _parts(wanted: Wanted) -> Iterator[Wanted]:
    keys = sorted(wanted)
    for start in range(0, len(keys), _AT_ONCE):
        yield {key: wanted[key] for key in keys[start : start + _AT_ONCE]}


def write(price_list_id: int, wanted: Wanted) -> set[int]:
    """Write what differs, with its changes; the caller has locked the list.

    Returns:
        Primary keys of the variants of which some price changed.
    """
    now, variants = clock.now(), {variant for variant, _least in wanted}
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
    for (variant, least), new in wanted.items():
        row: Any = have.get((variant, least))
        if (new is None) == (row is None) and (row is None or (row.amount, row.was_amount) == new):
            continue
        touched.add(variant)
        if new is None:
            gone.append(row.pk)
        else:
            values = {"variant_id": variant, "min_quantity": least, "amount": new[0], "was_amount": new[1]}
            kept.append(Price(price_list_id=price_list_id, **values))
        if row is None or new is None or row.amount != new[0]:
            amount = None if new is None else new[0]
            changes.append(
                PriceChange(price_list_id=price_list_id, variant_id=variant, min_quantity=least, amount=amount, at=now)
            )
    _store(kept, gone, changes)
    return touched


def _store(kept: Sequence[Any], gone: Sequence[int], changes: Sequence[Any]) -> None:
    if kept:
        targets = connections[Price.objects.db].features.supports_update_conflicts_with_target
        Price.objects.bulk_create(
            kept,
            update_conflicts=True,
            unique_fields=["price_list", "variant", "min_quantity"] if targets else None,
            update_fields=["amount", "was_amount", "updated_at"],
        )
    if gone:
        Price.objects.filter(pk__in=gone).delete()
    PriceChange.objects.bulk_create(changes)
