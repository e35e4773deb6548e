"""Use cases of promotions: what applies now, redeeming coupons, and making them."""

from __future__ import annotations

import copy
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext as _

from tradepost.catalogue.base import AbstractCollection
from tradepost.pricing.document import TrailEntry

from ..rules import Goods, PromotionRule
from .batches import make_coupons
from .kept import KeptPromotion, Uses, kept_promotions, rules_of
from .redemption import (
    check_coupons,
    discounts_of,
    give_back,
    redeem,
)
from .usable_coupons import UsableCoupon, codes_of, usable_coupons, uses_of

__all__ = [
    "Offers",
    "UsableCoupon",
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
    """The promotions of a moment, a trail entry for each coupon that unlocks none, and the collections that are named.

    Attributes:
        coupons: Those that unlock one, by their codes, as they were seen.
    """

    promotions: tuple[PromotionRule, ...]
    refusals: tuple[TrailEntry, ...] = ()
    collections: tuple[AbstractCollection, ...] = ()
    coupons: Mapping[str, UsableCoupon] = field(default_factory=dict)

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

    They are kept in the process. One query where there are codes, and one where a promotion without a code has a limit.

    Args:
        customer_id: With ``email``, to see early that a customer's limit of a coupon is reached.
    """
    codes, email = codes_of(coupon_codes), email.strip().lower()
    here = [promotion for promotion in kept_promotions() if promotion.is_valid(at, channel)]
    unlocked = _unlocked(here, usable_coupons(codes, at, customer_id, email)) if codes else {}
    mine = [promotion for promotion in here if not promotion.needs_coupon or promotion.pk in unlocked]
    uses = {pk: coupons[0].uses for pk, coupons in unlocked.items()}
    uses.update(uses_of([promotion for promotion in mine if promotion.pk not in uses], customer_id, email))
    codes_used = {pk: coupons[0].code for pk, coupons in unlocked.items()}
    offered = tuple(
        promotion.rule_for(codes_used.get(promotion.pk, ""), uses.get(promotion.pk, Uses())) for promotion in mine
    )
    repeated = {other.code: first.code for first, *others in unlocked.values() for other in others}
    used = {rule.coupon for rule in offered}
    collections = {row.pk: row for promotion in mine for row in promotion.collections}
    return Offers(
        offered,
        refusals=tuple(_refusal(code, repeated.get(code, "")) for code in codes if code not in used),
        collections=tuple(copy.copy(row) for row in collections.values()),
        coupons={first.code: first for first, *_others in unlocked.values()},
    )


def _unlocked(here: Sequence[KeptPromotion], coupons: Mapping[str, UsableCoupon]) -> dict[int, list[UsableCoupon]]:
    """The coupons of these promotions, in the order in which they were entered, by the promotion that they unlock."""
    keys, unlocked = {promotion.pk for promotion in here}, defaultdict[int, list[UsableCoupon]](list)
    for coupon in coupons.values():
        if coupon.promotion_id in keys:
            unlocked[coupon.promotion_id].append(coupon)
    return unlocked


def _refusal(code: str, counts: str = "") -> TrailEntry:
    if counts:
        text = _("%(code)s is for the same offer as %(other)s, which counts already.") % {"code": code, "other": counts}
        return TrailEntry(stage="promotions", rule="", why=text, applied=False, code="coupon_repeated", coupon=code)
    text = _("The code %(code)s isn’t valid, or has already been used.") % {"code": code}
    return TrailEntry(stage="promotions", rule="", why=text, applied=False, code="coupon_invalid", coupon=code)
