"""Which tier customers have earned by what they have spent: orders that are sold, net of credits, in the tier's own currency."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import DecimalField, F, Sum

from tradepost.core import versions
from tradepost.core.dates import clock
from tradepost.core.money import ZERO, quantise
from tradepost.customers import services as customers
from tradepost.customers.base import AbstractCustomer, AbstractTierMembership
from tradepost.customers.models import TierMembership
from tradepost.customers.services import TierRule

from ..models import Order

__all__ = ["NextTier", "TierStanding", "evaluate_due_tiers", "evaluate_tiers", "has_earned_tiers", "tier_standing"]

_BATCH = 500
_BATCHES = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class NextTier:
    """A tier that a customer can reach.

    Attributes:
        threshold: What has to be spent within the period, in ``currency``.
        spent: What counts of it now.
    """

    code: str
    name: str
    threshold: Decimal
    spent: Decimal
    currency: str
    period_days: int

    @property
    def missing(self) -> Decimal:
        """The rest of the threshold; zero once it is reached."""
        return max(self.threshold - self.spent, ZERO)


@dataclass(frozen=True, slots=True, kw_only=True)
class TierStanding:
    """A customer's tier, and the next one.

    Attributes:
        code: Of the tier; empty for none.
        name: Likewise.
        is_by_hand: Somebody has put them there.
        until: When the rule decides again; ``None`` for never, and where it decides anyway.
        following: The lowest tier above it that can be earned; ``None`` where there is none.
    """

    code: str = ""
    name: str = ""
    is_by_hand: bool = False
    until: datetime | None = None
    following: NextTier | None = None


def has_earned_tiers() -> bool:
    """Whether the shop has a tier that is reached by spending."""
    return bool(_rules())


@versions.one_reading()
def evaluate_tiers(customer_ids: Iterable[int]) -> int:
    """Move customers into the tiers that they have earned by now; gives how many have another one. Safe to repeat.

    A query for each currency and period that tiers have, however many customers there are.

    Args:
        customer_ids: Primary keys, a bounded number of them.
    """
    return customers.move_earned(customer_ids, _earned) if customer_ids else 0


def evaluate_due_tiers() -> int:
    """Look again at customers for whom it is time, and for the first time at those who bought before there were tiers, a bounded
    number of them; gives how many have another one.
    """
    moved = 0
    for _ in range(_BATCHES):
        ids = _due()
        moved += evaluate_tiers(ids)
        if len(ids) < _BATCH:
            break
    return moved


@versions.one_reading()
def tier_standing(customer: AbstractCustomer) -> TierStanding | None:
    """A customer's tier, and what is missing to the next one; ``None`` in a shop without tiers. At most two queries."""
    tiers = customers.kept_tiers()
    if not tiers:
        return None
    row = customers.tier_of(customer)
    by_key = {rule.pk: rule for rule in tiers}
    own = None if row is None or row.tier_id is None else by_key.get(row.tier_id)
    rank = -1 if own is None else own.rank
    rule = next((rule for rule in _rules() if rule.rank > rank), None)
    following = None if rule is None or _is_kept_out(row) else _next(customer, rule)
    if own is None or row is None:
        return TierStanding(following=following)
    return TierStanding(code=own.code, name=own.name, is_by_hand=row.is_by_hand, until=row.until, following=following)


def _is_kept_out(row: AbstractTierMembership | None) -> bool:
    """Whether spending more changes nothing for this customer."""
    return row is not None and row.is_kept(clock.now())


def _next(customer: AbstractCustomer, rule: TierRule) -> NextTier:
    spent = _spent([customer.pk], *rule.window, at=clock.now()).get(customer.pk, ZERO)
    return NextTier(
        code=rule.code,
        name=rule.name,
        threshold=quantise(rule.threshold or ZERO, rule.currency),
        spent=quantise(spent, rule.currency),
        currency=rule.currency,
        period_days=rule.period_days or 0,
    )


def _rules() -> list[TierRule]:
    return [rule for rule in customers.kept_tiers() if rule.threshold is not None]


def _earned(customer_ids: Sequence[int]) -> dict[int, int | None]:
    """The tier of each who has spent something: the best whose threshold is reached."""
    now, rules = clock.now(), _rules()
    spent = {window: _spent(customer_ids, *window, at=now) for window in {rule.window for rule in rules}}
    tiers: dict[int, int | None] = defaultdict(lambda: None)
    for rule in rules:  # the lowest first
        for pk, amount in spent[rule.window].items():
            tiers[pk] = rule.pk if amount >= (rule.threshold or ZERO) else tiers[pk]
    return dict(tiers)


def _spent(customer_ids: Sequence[int], currency: str, days: int, *, at: datetime) -> dict[int, Decimal]:
    orders = Order.objects.that("is_sold").filter(
        customer_id__in=customer_ids, currency=currency, placed_at__gt=at - timedelta(days=days)
    )
    amount = Sum(F("total") - F("credited"), output_field=DecimalField(max_digits=38, decimal_places=4))
    rows = orders.order_by().values("customer_id").annotate(amount=amount).values_list("customer_id", "amount")
    return {pk: quantise(amount, currency) for pk, amount in rows}


@versions.one_reading()
def _due() -> list[int]:
    """Customers to look at, those whose time has come first."""
    rules = _rules()
    due = list(TierMembership.objects.due(clock.now()).values_list("customer_id", flat=True)[:_BATCH])
    if not rules or len(due) == _BATCH:
        return due
    longest = max(rule.period_days or 0 for rule in rules)
    first = Order.objects.that("is_sold").filter(
        customer__tier_membership=None,
        customer__isnull=False,
        customer__anonymised_at=None,
        currency__in={rule.currency for rule in rules},
        placed_at__gt=clock.now() - timedelta(days=longest),
    )
    new = first.order_by("customer_id").values_list("customer_id", flat=True).distinct()
    return [*due, *(pk for pk in new[: _BATCH - len(due)] if pk is not None)]
