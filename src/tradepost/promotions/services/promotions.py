"""Use cases of promotions: what applies now, redeeming coupons, and making them."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from tradepost.catalogue.base import AbstractCollection
from tradepost.core.money import ZERO
from tradepost.pricing.document import TrailEntry

from ..base import AbstractCoupon
from ..models import Coupon, CouponRedemption, Promotion, PromotionUse
from ..rules import Goods, PromotionRule
from .batches import make_coupons
from .kept import KeptPromotion, kept_promotions, rules_of
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
        """The facts of the occasion that some condition reads; see :class:`~tradepost.promotions.rules.Condition`."""
        return frozenset[str]().union(*(c.needs for rule in self.promotions for c in rule.conditions))


def rules(
    *, at: datetime, channel: str, coupon_codes: Sequence[str] = (), customer_id: int | None = None, email: str = ""
) -> Offers:
    """Promotions that are active, those that need a coupon only with a code that may be used.

    They are kept in the process. One query where there are codes, and one where some promotion has a limit.

    Args:
        customer_id: With ``email``, to see early that a customer's limit of a coupon is reached.
    """
    codes = codes_of(coupon_codes)
    here = [promotion for promotion in kept_promotions() if promotion.is_valid(at, channel)]
    unlocked = _unlocked(here, codes, at, customer_id, email) if codes else {}
    mine = [promotion for promotion in here if not promotion.needs_coupon or promotion.pk in unlocked]
    counted = _counted(mine, uses_by(customer_id, email))
    offered = tuple(
        promotion.rule_for(unlocked.get(promotion.pk, [""])[0], *counted.get(promotion.pk, (0, ZERO, 0)))
        for promotion in mine
    )
    repeated = {code: first for first, *others in unlocked.values() for code in others}
    used = {rule.coupon for rule in offered}
    refusals = tuple(_refusal(code, repeated.get(code, "")) for code in codes if code not in used)
    collections = {row.pk: row for promotion in mine for row in promotion.collections}
    return Offers(offered, refusals, tuple(copy.copy(row) for row in collections.values()))


def _unlocked(
    here: Sequence[KeptPromotion], codes: Sequence[str], at: datetime, customer_id: int | None, email: str
) -> dict[int, list[str]]:
    """The codes that may be used, in the order in which they were entered, by the promotion that they unlock; one query."""
    usable = _usable(codes, at, customer_id, email).filter(promotion__in=[promotion.pk for promotion in here])
    rows = dict(usable.values_list("code", "promotion_id"))
    unlocked: dict[int, list[str]] = {}
    for code in codes:
        if code in rows:
            unlocked.setdefault(rows[code], []).append(code)
    return unlocked


def _counted(promotions: Sequence[KeptPromotion], theirs: Q | None) -> dict[int, tuple[int, Decimal, int]]:
    """Of promotions with limits: orders that had them, what these took off, and how many were this buyer's; at most one query."""
    by_buyer = theirs is not None
    limited = [
        promotion.pk
        for promotion in promotions
        if promotion.is_counted or (by_buyer and promotion.customer_limit is not None)
    ]
    if not limited:
        return {}
    number: Any = Value(0)
    if theirs is not None:
        number = _number(PromotionUse.objects.filter(theirs), "promotion", OuterRef("pk"))
    rows = Promotion.objects.filter(pk__in=limited).annotate(number=number)
    return {pk: (used, spent, mine) for pk, used, spent, mine in rows.values_list("pk", "used", "spent", "number")}


def _usable(codes: Sequence[str], at: datetime, customer_id: int | None, email: str) -> QuerySet[AbstractCoupon]:
    coupons = Coupon.objects.active(at).with_code(*codes)
    coupons = coupons.filter(Q(usage_limit=None) | Q(used__lt=F("usage_limit")))
    theirs = uses_by(customer_id, email)
    if theirs is None:
        return coupons
    number = _number(CouponRedemption.objects.filter(theirs), "coupon", OuterRef("pk"))
    return coupons.annotate(uses=number).filter(Q(customer_limit=None) | Q(uses__lt=F("customer_limit")))


def _number(uses: QuerySet[Any], of: str, key: OuterRef) -> Coalesce:
    """Count the uses of one coupon or promotion."""
    mine = uses.filter(**{of: key}).order_by().values(of)
    return Coalesce(Subquery(mine.annotate(n=Count("pk")).values("n")), Value(0), output_field=IntegerField())


def _refusal(code: str, counts: str = "") -> TrailEntry:
    if counts:
        text = _("%(code)s is for the same offer as %(other)s, which counts already.") % {"code": code, "other": counts}
        return TrailEntry(stage="promotions", rule="", why=text, applied=False, code="coupon_repeated", coupon=code)
    text = _("The code %(code)s isn’t valid, or has already been used.") % {"code": code}
    return TrailEntry(stage="promotions", rule="", why=text, applied=False, code="coupon_invalid", coupon=code)
