"""Tiers: who is in which, kept in one row for each customer and in the group that has the tier's prices.

What a customer has spent is known above; this app is told what they have earned by it. Customers' rows are locked first, in the
order of their keys, so that of two evaluations at once the second one finds the change made.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from tradepost.core import db, events
from tradepost.core.dates import clock
from tradepost.core.errors import Invalid
from tradepost.core.versions import Frozen

from ..base import AbstractCustomer, AbstractTier, AbstractTierMembership
from ..errors import Anonymised
from ..events import TierChanged
from ..models import Customer, Tier, TierMembership

__all__ = [
    "TierRule",
    "forget_tier",
    "keep_tier_groups",
    "kept_tiers",
    "look_again",
    "move_earned",
    "release_tier",
    "set_tier",
    "tier_of",
]

_LOOKED_AT = timedelta(days=1)
Earned = Callable[[Sequence[int]], Mapping[int, int | None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class TierRule:
    """A tier as it is kept in the process.

    Attributes:
        threshold: What has to be spent; ``None`` for a tier by hand only, which has neither currency nor period.
    """

    pk: int
    code: str
    name: str
    rank: int
    group_id: int
    threshold: Decimal | None
    currency: str
    period_days: int | None

    @property
    def window(self) -> tuple[str, int]:
        """In which currency and within how many days it counts."""
        return self.currency, self.period_days or 0


_COLUMNS = ("pk", "code", "name", "rank", "group_id", "threshold", "currency", "period_days")
_TIERS = Frozen(
    "customers.tiers", lambda: tuple(TierRule(**row) for row in Tier.objects.order_by("rank").values(*_COLUMNS))
)


def kept_tiers() -> tuple[TierRule, ...]:
    """All tiers, the lowest first. No query within a request that has read the versions."""
    return _TIERS.get()


def tier_of(customer: AbstractCustomer) -> AbstractTierMembership | None:
    """A customer's tier with how they came into it; ``None`` where nobody has looked yet."""
    return TierMembership.objects.filter(customer_id=customer.pk).select_related("tier").first()


@db.atomic
def set_tier(
    customer: AbstractCustomer, tier: AbstractTier | None, *, until: datetime | None = None
) -> AbstractTierMembership:
    """Put a customer into a tier by hand, where no rule moves them.

    Args:
        tier: ``None`` keeps them out of all.
        until: When the rule decides again; ``None`` for never.

    Raises:
        Invalid: The end is over already. Nothing has changed.
        Anonymised: Their data were deleted. Nothing has changed.

    Side effects: their group changes with it; ``TierChanged`` where it is another tier.
    """
    now = clock.now()
    if until is not None and until <= now:
        raise Invalid(_("The end has to be in the future."), attr="until")
    rows = _locked_rows([customer.pk])
    if Customer.objects.filter(pk=customer.pk).exclude(anonymised_at=None).exists():
        raise Anonymised(_("This customer's data were deleted."))
    _book({customer.pk: None if tier is None else tier.pk}, rows, now, by_hand=True)
    TierMembership.objects.filter(customer_id=customer.pk).update(is_by_hand=True, until=until, due_at=until)
    return TierMembership.objects.select_related("tier").get(customer_id=customer.pk)


@db.atomic
def release_tier(customer: AbstractCustomer) -> None:
    """Let the rule decide again for a customer who was put somewhere by hand; it is looked at by the next job."""
    _locked_rows([customer.pk])
    TierMembership.objects.filter(customer_id=customer.pk).update(is_by_hand=False, until=None, due_at=clock.now())


@db.atomic
def forget_tier(customer: AbstractCustomer) -> None:
    """Take a customer out of the tiers for good, as where their account is closed."""
    rows = _locked_rows([customer.pk])
    if rows:
        _book({customer.pk: None}, rows, clock.now(), by_hand=True)
        TierMembership.objects.filter(customer_id=customer.pk).delete()


@db.atomic
def move_earned(customer_ids: Iterable[int], earned: Earned) -> int:
    """Move customers into the tiers that they have earned. Whoever was put somewhere by hand stays there.

    A constant number of statements, however many customers there are; another one for each tier.

    Args:
        customer_ids: Primary keys, a bounded number of them.
        earned: Called with those who may be moved, once their rows are locked: gives the tier of each who has spent something,
            ``None`` for too little. Who isn't in it has spent nothing.

    Returns:
        How many have another tier.
    """
    now = clock.now()
    ids = [row.pk for row in Customer.objects.filter(pk__in=list(customer_ids), anonymised_at=None).locked()]
    rows = _rows(ids)
    movable = [pk for pk in ids if pk not in rows or not rows[pk].is_kept(now)]
    tiers = earned(movable)
    moved = _book({pk: tiers.get(pk) for pk in movable}, rows, now, by_hand=False)
    looked_at = TierMembership.objects.filter(customer_id__in=movable)
    looked_at.update(is_by_hand=False, until=None, due_at=None)
    looked_at.filter(customer_id__in=[*tiers]).update(due_at=now + _LOOKED_AT)
    return moved


@db.atomic
def keep_tier_groups(customer: AbstractCustomer) -> bool:
    """Put a customer whose groups were chosen back into the group of their tier, and into no other tier's; gives whether that
    changed anything. Whoever chose may have read the groups before a job moved the customer.
    """
    if not kept_tiers():
        return False
    row = _locked_rows([customer.pk]).get(customer.pk)
    return _keep_groups({customer.pk: None if row is None else row.tier_id})


def look_again() -> None:
    """Have all who may be moved looked at by the next job: a tier was changed."""
    TierMembership.objects.filter(is_by_hand=False).update(due_at=clock.now())


def _locked_rows(customer_ids: Sequence[int]) -> dict[int, AbstractTierMembership]:
    list(Customer.objects.filter(pk__in=customer_ids).locked())
    return _rows(customer_ids)


def _rows(customer_ids: Sequence[int]) -> dict[int, AbstractTierMembership]:
    return {row.customer_id: row for row in TierMembership.objects.filter(customer_id__in=customer_ids)}


def _book(
    tiers: Mapping[int, int | None], rows: Mapping[int, AbstractTierMembership], now: datetime, *, by_hand: bool
) -> int:
    """Write the tiers of locked customers, and their groups, at one place; gives how many have another tier."""
    TierMembership.objects.bulk_create(
        [TierMembership(customer_id=pk, tier_id=tier, since=now) for pk, tier in tiers.items() if pk not in rows]
    )
    before = {pk: rows[pk].tier_id if pk in rows else None for pk in tiers}
    changed = {pk: tier for pk, tier in tiers.items() if tier != before[pk]}
    by_tier: dict[int | None, list[int]] = defaultdict(list)
    for pk, tier in changed.items():
        if pk in rows:
            by_tier[tier].append(pk)
    for tier, members in by_tier.items():
        TierMembership.objects.filter(customer_id__in=members).update(tier_id=tier, since=now)
    _keep_groups(tiers)
    codes = {rule.pk: rule.code for rule in kept_tiers()}
    for pk, tier in changed.items():
        events.publish(TierChanged(pk, codes.get(before[pk] or 0, ""), codes.get(tier or 0, ""), by_hand))
    return len(changed)


def _keep_groups(tiers: Mapping[int, int | None]) -> bool:
    """Have each customer in the group of their tier, and in no other tier's; gives whether somebody wasn't."""
    group_of: dict[int | None, int] = {rule.pk: rule.group_id for rule in kept_tiers()}
    through = Customer.groups.through
    rows = through.objects.filter(customer_id__in=[*tiers], customergroup_id__in=[*group_of.values()])
    present = {(row.customer_id, row.customergroup_id): row.pk for row in rows}
    pairs = {(pk, group_of[tier]) for pk, tier in tiers.items() if tier in group_of}
    if surplus := [key for pair, key in present.items() if pair not in pairs]:
        through.objects.filter(pk__in=surplus).delete()
    missing = sorted(pairs - present.keys())
    through.objects.bulk_create(
        [through(customer_id=customer, customergroup_id=group) for customer, group in missing], ignore_conflicts=True
    )
    return bool(surplus or missing)
