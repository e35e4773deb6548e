"""Use cases of promotions: what applies now, redeeming coupons, and making them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from tradepost.catalogue.base import AbstractCollection
from tradepost.core.db.aggregates import joined
from tradepost.pricing.document import TrailEntry

from ..base import AbstractCoupon, AbstractPromotion
from ..models import (
    Benefit,
    Condition,
    Coupon,
    CouponRedemption,
    Promotion,
    PromotionUse,
)
from ..rules import (
    Goods,
    PromotionRule,
    Reason,
)
from .batches import make_coupons
from .redemption import (
    check_coupons,
    codes_of,
    discounts_of,
    give_back,
    redeem,
    uses_by,
)

__all__ = [
    "Offers",
    "check_coupons",
    "codes_of",
    "discounts_of",
    "give_back",
    "make_coupons",
    "redeem",
    "rules",
    "rules_of",
]

COLLECTIONS = ("bought_collection",)
"""Foreign keys of kinds of benefits that name a collection beside the one of the goods."""


@dataclass(frozen=True, slots=True)
class Offers:
    """The promotions of a moment, a trail entry for each coupon that unlocks none, and the collections that are named."""

    promotions: tuple[PromotionRule, ...]
    refusals: tuple[TrailEntry, ...] = ()
    collections: tuple[AbstractCollection, ...] = ()

    @property
    def categories(self) -> frozenset[str]:
        """Slugs of all categories that a rule names."""
        parts = [part for rule in self.promotions for part in (*rule.conditions, *rule.benefits)]
        named = (getattr(part, name, None) for part in parts for name in ("goods", "bought"))
        return frozenset[str]().union(*(goods.categories for goods in named if isinstance(goods, Goods)))

    @property
    def needs(self) -> frozenset[str]:
        """What of the occasion some condition looks at; see :class:`~tradepost.promotions.rules.Condition`."""
        return frozenset[str]().union(*(c.needs for rule in self.promotions for c in rule.conditions))


def rules(
    *, at: datetime, channel: str, coupon_codes: Sequence[str] = (), customer_id: int | None = None, email: str = ""
) -> Offers:
    """Promotions that are active, those that need a coupon only with a code that may be used; two queries at most.

    Args:
        customer_id: With ``email``, to see early that a customer's limit of a coupon is reached.
    """
    codes = codes_of(coupon_codes)
    active = Promotion.objects.active(at).for_channel(channel)
    rows: QuerySet[Any] = (
        Benefit.objects.filter(promotion__in=active).select_related("promotion", "collection").order_by("pk")
    )
    theirs = uses_by(customer_id, email)
    if theirs is not None:
        rows = rows.annotate(uses=_number(PromotionUse.objects.filter(theirs), "promotion", OuterRef("promotion")))
    if codes:
        usable = _usable(codes, at, customer_id, email).filter(promotion=OuterRef("promotion")).order_by("pk")
        rows = rows.annotate(coupons=joined(usable, "code"))
        rows = rows.filter(Q(promotion__needs_coupon=False) | Q(coupons__isnull=False))
    else:
        rows = rows.filter(promotion__needs_coupon=False)
    benefits = rows.kinds(*COLLECTIONS)  # type: ignore[attr-defined]
    repeated = _choose_coupons(benefits, codes)
    pairs, collections = rules_of(benefits)
    found = tuple(rule for _promotion, rule in pairs)
    used = {rule.coupon for rule in found}
    refusals = tuple(_refusal(code, repeated.get(code, "")) for code in codes if code not in used)
    return Offers(found, refusals, collections)


def _choose_coupons(benefits: Sequence[Any], codes: Sequence[str]) -> dict[str, str]:
    """Give each benefit the code that unlocks it: of several of one promotion the one that was entered first.

    Returns:
        By each of the others the code that counts instead.
    """
    repeated: dict[str, str] = {}
    for benefit in benefits:
        usable = set((getattr(benefit, "coupons", None) or "").split(","))
        first, *others = [code for code in codes if code in usable] or [""]
        benefit.coupon = first
        repeated |= dict.fromkeys(others, first)
    return repeated


def rules_of(
    benefits: Sequence[Any],
) -> tuple[list[tuple[AbstractPromotion, PromotionRule]], tuple[AbstractCollection, ...]]:
    """The promotions of benefits, each with its rule, and the collections that they name; one query, for the conditions.

    Args:
        benefits: Each as its own class, with its promotion and its collection.
    """
    promotions = {benefit.promotion_id: benefit.promotion for benefit in benefits}
    conditions = _conditions(promotions) if promotions else []
    pairs = [(promotions[pk], _rule(pk, benefits, conditions)) for pk in sorted(promotions)]
    parts = (*benefits, *conditions)
    named = (getattr(row, name, None) for row in parts for name in ("collection", *COLLECTIONS))
    return pairs, tuple({row.pk: row for row in named if row is not None}.values())


def _conditions(promotion_ids: Iterable[int]) -> list[Any]:
    """With their collections."""
    rows: QuerySet[Any] = Condition.objects.filter(promotion_id__in=promotion_ids).order_by("pk")
    found: list[Any] = rows.kinds("collection")  # type: ignore[attr-defined]
    return found


def _usable(codes: Sequence[str], at: datetime, customer_id: int | None, email: str) -> QuerySet[AbstractCoupon]:
    coupons = Coupon.objects.active(at).with_code(*codes)
    coupons = coupons.filter(Q(usage_limit=None) | Q(used__lt=F("usage_limit")))
    theirs = uses_by(customer_id, email)
    if theirs is None:
        return coupons
    number = _number(CouponRedemption.objects.filter(theirs), "coupon", OuterRef("pk"))
    return coupons.annotate(uses=number).filter(Q(customer_limit=None) | Q(uses__lt=F("customer_limit")))


def _number(uses: QuerySet[Any], of: str, key: OuterRef) -> Coalesce:
    """How many of some uses are of one coupon or promotion."""
    mine = uses.filter(**{of: key}).order_by().values(of)
    return Coalesce(Subquery(mine.annotate(n=Count("pk")).values("n")), Value(0), output_field=IntegerField())


def _rule(pk: int, benefits: Sequence[Any], conditions: Sequence[Any]) -> PromotionRule:
    mine = [benefit for benefit in benefits if benefit.promotion_id == pk]
    promotion = mine[0].promotion
    return PromotionRule(
        code=promotion.code,
        label=promotion.label or promotion.name,
        priority=promotion.priority,
        is_exclusive=promotion.is_exclusive,
        conditions=tuple(condition.rule() for condition in conditions if condition.promotion_id == pk),
        benefits=tuple(benefit.rule() for benefit in mine),
        coupon=getattr(mine[0], "coupon", None) or "",
        lane=promotion.lane,
        uses_units=promotion.uses_units,
        most=promotion.most,
        currency=promotion.currency,
        used_up=_used_up(promotion, getattr(mine[0], "uses", 0)),
    )


def _used_up(promotion: AbstractPromotion, uses: int) -> Reason | None:
    if promotion.usage_limit is not None and promotion.used >= promotion.usage_limit:
        return Reason("used_up", _("As many orders have had it as may."))
    if promotion.customer_limit is not None and uses >= promotion.customer_limit:
        return Reason("used_before", _("You have had it as often as you may."))
    return None


def _refusal(code: str, counts: str = "") -> TrailEntry:
    if counts:
        text = _("%(code)s is for the same offer as %(other)s, which counts already.") % {"code": code, "other": counts}
        return TrailEntry(stage="promotions", rule="", why=text, applied=False, code="coupon_repeated", coupon=code)
    text = _("The code %(code)s is not valid, or was used already.") % {"code": code}
    return TrailEntry(stage="promotions", rule="", why=text, applied=False, code="coupon_invalid", coupon=code)
