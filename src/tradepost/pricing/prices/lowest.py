"""The lowest price of the thirty days before a reduction: pure functions over what prices were.

What Directive (EU) 2019/2161 (“Omnibus”) asks for beside a struck-through price. At each moment the price that counted then is
found as the pricer finds today's, so that a list which another one outranked is no price that anybody could have had.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

__all__ = ["Noted", "lowest_before"]

_DAYS = timedelta(days=30)
_TICK = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """An amount of a list from a quantity on, since ``at``; ``None`` where it was taken away then.

    Attributes:
        code: Of the price list.
        starts_at: From when on the list is valid.
        ends_at: The last moment at which it is.
    """

    code: str
    priority: int
    min_quantity: int
    amount: Decimal | None
    at: datetime
    starts_at: datetime | None = None
    ends_at: datetime | None = None


def lowest_before(noted: Sequence[Noted], since: datetime, *, quantity: int = 1) -> Decimal | None:
    """The lowest price that so many units had in the thirty days before a moment; ``None`` where nothing is known of them.

    Args:
        noted: Of one variant, on all lists that everybody might use, in the order in which they were noted.
        since: When the present, reduced price came into force; not part of the thirty days.
        quantity: Units.
    """
    amounts = (_price_at(noted, moment, quantity) for moment in _moments(noted, since))
    return min((amount for amount in amounts if amount is not None), default=None)


def _moments(noted: Iterable[Noted], since: datetime) -> set[datetime]:
    """When another price may have come into force: the first of the thirty days, changes, starts of lists, and their ends."""
    first = since - _DAYS
    ends = (entry.ends_at + _TICK for entry in noted if entry.ends_at)
    starts = (entry.starts_at for entry in noted if entry.starts_at)
    changes = (entry.at for entry in noted)
    return {first, *(moment for moment in (*changes, *starts, *ends) if first < moment < since)}


def _price_at(noted: Iterable[Noted], moment: datetime, quantity: int) -> Decimal | None:
    tiers: dict[tuple[str, int], Noted] = {}
    for entry in _held(noted, moment, quantity):
        before = tiers.get((entry.code, entry.min_quantity))
        if before is None or before.at <= entry.at:  # of one moment the last one counts
            tiers[entry.code, entry.min_quantity] = entry
    by_list: dict[str, tuple[int, int, Decimal]] = {}
    for entry in tiers.values():
        if entry.amount is not None and (entry.code not in by_list or by_list[entry.code][0] < entry.min_quantity):
            by_list[entry.code] = (entry.min_quantity, -entry.priority, entry.amount)
    return min(((priority, amount) for _least, priority, amount in by_list.values()), default=(0, None))[1]


def _held(noted: Iterable[Noted], moment: datetime, quantity: int) -> Iterator[Noted]:
    for entry in noted:
        begun = entry.starts_at is None or entry.starts_at <= moment
        is_valid = begun and (entry.ends_at is None or moment <= entry.ends_at)
        if is_valid and entry.at <= moment and entry.min_quantity <= quantity:
            yield entry
