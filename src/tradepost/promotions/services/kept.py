"""Promotions as they are kept in the process: what staff decide of them, without what orders count."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from tradepost.catalogue.base import AbstractCollection
from tradepost.core.money import ZERO
from tradepost.core.versions import Frozen

from ..base import AbstractPromotion
from ..models import Benefit, Condition
from ..rules import PromotionRule, Reason

__all__ = ["COLLECTIONS", "KeptPromotion", "Uses", "kept_promotions", "rules_of"]

COLLECTIONS = ("bought_collection",)
"""Foreign keys of kinds of benefits that name a collection beside the one of the goods."""


class Uses(NamedTuple):
    """The uses of a promotion by orders: how many, the sum that it took off them, and how many were one buyer's."""

    number: int = 0
    spent: Decimal = ZERO
    mine: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptPromotion:
    """A promotion that isn't switched off, valid or not.

    Attributes:
        rule: Without what depends on a buyer, or on orders.
        collections: Those that it names; nobody changes them.
    """

    pk: int
    rule: PromotionRule
    channel: str
    needs_coupon: bool
    starts_at: datetime | None
    ends_at: datetime | None
    max_discount: Decimal | None
    budget: Decimal | None
    usage_limit: int | None
    customer_limit: int | None
    collections: tuple[AbstractCollection, ...]

    @property
    def is_counted(self) -> bool:
        """Whether what orders had of it limits it."""
        return self.budget is not None or self.usage_limit is not None

    @property
    def is_limited(self) -> bool:
        """Whether its uses have to be booked."""
        return self.is_counted or self.customer_limit is not None

    def is_valid(self, at: datetime, channel: str) -> bool:
        """Whether it is valid at a moment, both ends included, in a channel."""
        begun = self.starts_at is None or self.starts_at <= at
        return begun and (self.ends_at is None or at <= self.ends_at) and self.channel in ("", channel)

    def rule_for(self, coupon: str, uses: Uses) -> PromotionRule:
        """The rule for a buyer.

        Args:
            coupon: The code that unlocked it.
            uses: What orders have had of it.
        """
        rest = None if self.budget is None else max(Decimal(0), self.budget - uses.spent)
        limits = [limit for limit in (self.max_discount, rest) if limit is not None]
        most, used_up = min(limits, default=None), self._used_up(uses)
        if not coupon and most is None and used_up is None:
            return self.rule
        return replace(self.rule, coupon=coupon, most=most, used_up=used_up)

    def _used_up(self, uses: Uses) -> Reason | None:
        if self.usage_limit is not None and uses.number >= self.usage_limit:
            return Reason("used_up", _("It has been used up."))
        if self.customer_limit is not None and uses.mine >= self.customer_limit:
            return Reason("used_before", _("You have used it as often as you can."))
        return None


def _load() -> tuple[KeptPromotion, ...]:
    rows: Any = Benefit.objects.filter(promotion__is_active=True).select_related("promotion", "collection")
    benefits = rows.order_by("pk").kinds(*COLLECTIONS)
    promotions = {benefit.promotion_id: benefit.promotion for benefit in benefits}
    conditions = _conditions(promotions) if promotions else []
    return tuple(_kept(promotions[pk], benefits, conditions) for pk in sorted(promotions))


def _kept(promotion: AbstractPromotion, benefits: Sequence[Any], conditions: Sequence[Any]) -> KeptPromotion:
    parts = [part for part in (*benefits, *conditions) if part.promotion_id == promotion.pk]
    return KeptPromotion(
        pk=promotion.pk,
        rule=_rule(promotion, benefits, conditions),
        channel=promotion.channel,
        needs_coupon=promotion.needs_coupon,
        starts_at=promotion.starts_at,
        ends_at=promotion.ends_at,
        max_discount=promotion.max_discount,
        budget=promotion.budget,
        usage_limit=promotion.usage_limit,
        customer_limit=promotion.customer_limit,
        collections=_collections(parts),
    )


_PROMOTIONS = Frozen("promotions", _load)


def kept_promotions() -> tuple[KeptPromotion, ...]:
    """All that aren't switched off, in the order in which they were made."""
    return _PROMOTIONS.get()


def rules_of(
    benefits: Sequence[Any],
) -> tuple[list[tuple[AbstractPromotion, PromotionRule]], tuple[AbstractCollection, ...]]:
    """The promotions of benefits, each with its rule, and the collections that they name; one query, for the conditions.

    What a promotion has left is as its row says, for whoever buys.

    Args:
        benefits: Each as its own class, with its promotion and its collection.
    """
    promotions = {benefit.promotion_id: benefit.promotion for benefit in benefits}
    conditions = _conditions(promotions) if promotions else []
    kept = [_kept(promotions[pk], benefits, conditions) for pk in sorted(promotions)]
    pairs = [
        (promotions[row.pk], row.rule_for("", Uses(promotions[row.pk].used, promotions[row.pk].spent))) for row in kept
    ]
    return pairs, _collections([*benefits, *conditions])


def _collections(parts: Iterable[Any]) -> tuple[AbstractCollection, ...]:
    """The collections that benefits and conditions name, each once."""
    named = (getattr(row, name, None) for row in parts for name in ("collection", *COLLECTIONS))
    return tuple({row.pk: row for row in named if row is not None}.values())


def _conditions(promotion_ids: Iterable[int]) -> list[Any]:
    """With their collections."""
    rows: QuerySet[Any] = Condition.objects.filter(promotion_id__in=promotion_ids).order_by("pk")
    conditions: list[Any] = rows.kinds("collection")  # type: ignore[attr-defined]
    return conditions


def _rule(promotion: AbstractPromotion, benefits: Sequence[Any], conditions: Sequence[Any]) -> PromotionRule:
    return PromotionRule(
        code=promotion.code,
        label=promotion.label or promotion.name,
        priority=promotion.priority,
        is_exclusive=promotion.is_exclusive,
        conditions=tuple(condition.rule() for condition in conditions if condition.promotion_id == promotion.pk),
        benefits=tuple(benefit.rule() for benefit in benefits if benefit.promotion_id == promotion.pk),
        lane=promotion.lane,
        uses_units=promotion.uses_units,
        currency=promotion.currency,
    )
