"""Which price lists count: one answer, for the pricer, for lists of products that SQL orders, and for what a price was before.

Lists are few: they are kept in the process, and looked through there.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from tradepost.core.versions import Frozen

from ..models import PriceList
from ..ports import PriceContext
from ..zones import zones_for

__all__ = ["KeptList", "kept_lists", "list_priorities", "lists_for", "public_lists"]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptList:
    """A price list.

    Attributes:
        groups: Of customers, by primary key; none where it is for all.
        zones: By primary key; none where it holds everywhere.
    """

    pk: int
    code: str
    currency: str
    channel: str
    priority: int
    includes_tax: bool
    is_active: bool
    starts_at: datetime | None
    ends_at: datetime | None
    groups: frozenset[int]
    zones: frozenset[int]

    def is_valid(self, at: datetime) -> bool:
        """Whether it holds at a moment, both ends included."""
        return (self.starts_at is None or self.starts_at <= at) and (self.ends_at is None or at <= self.ends_at)

    def is_for(self, context: PriceContext, groups: frozenset[int], zones: frozenset[int]) -> bool:
        """Whether it may be used in the context's currency and channel, by somebody in these groups, in one of these zones."""
        return (
            self.is_active
            and self.currency == context.currency
            and self.channel in ("", context.channel)
            and (not self.groups or not self.groups.isdisjoint(groups))
            and (not self.zones or not self.zones.isdisjoint(zones))
        )


_COLUMNS = (
    "pk", "code", "currency", "channel", "priority", "includes_tax", "is_active", "starts_at", "ends_at",
)  # fmt: skip


def _load() -> dict[int, KeptList]:
    groups: dict[int, set[int]] = defaultdict(set)
    zones: dict[int, set[int]] = defaultdict(set)
    lists = PriceList.objects.order_by("pk")
    for name, members in (("groups", groups), ("zones", zones)):
        for price_list, member in lists.exclude(**{name: None}).values_list("pk", name):
            members[price_list].add(member)
    return {
        row["pk"]: KeptList(groups=frozenset(groups[row["pk"]]), zones=frozenset(zones[row["pk"]]), **row)
        for row in lists.values(*_COLUMNS)
    }


_LISTS = Frozen("pricing.lists", _load)


def kept_lists() -> dict[int, KeptList]:
    """All lists, by primary key. Nobody writes to it."""
    return _LISTS.get()


def lists_for(context: PriceContext) -> list[KeptList]:
    """Lists that a buyer may use, in the context's currency and at its moment and place, of either basis."""
    groups, zones = frozenset(context.groups), frozenset(zones_for(context.place))
    return [row for row in kept_lists().values() if row.is_valid(context.at) and row.is_for(context, groups, zones)]


def list_priorities(context: PriceContext) -> dict[int, int]:
    """Priorities of the lists that a buyer may use, of the context's basis, by their keys."""
    return {row.pk: row.priority for row in lists_for(context) if row.includes_tax == context.includes_tax}


def public_lists(context: PriceContext) -> list[KeptList]:
    """Lists that everybody at the context's place may use, in its currency and on its basis, whenever they are valid."""
    zones = frozenset(zones_for(context.place))
    rows = (row for row in kept_lists().values() if row.is_for(context, frozenset(), zones))
    return [row for row in rows if row.includes_tax == context.includes_tax]
