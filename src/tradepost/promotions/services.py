"""Use cases of promotions: what applies now, and redeeming coupons."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from tradepost.core import clock, db
from tradepost.pricing.document import TrailEntry

from .base import AbstractCoupon
from .errors import CouponRefused
from .models import Benefit, Condition, Coupon, CouponRedemption, Promotion
from .rules import PromotionRule

__all__ = ["Offers", "codes_of", "give_back", "redeem", "rules"]


@dataclass(frozen=True, slots=True)
class Offers:
    """The promotions of a moment, and a trail entry for each coupon that unlocks none."""

    promotions: tuple[PromotionRule, ...]
    refusals: tuple[TrailEntry, ...] = ()

    @property
    def categories(self) -> frozenset[str]:
        """Slugs of all categories that a rule names."""
        parts = [part for rule in self.promotions for part in (*rule.conditions, *rule.benefits)]
        return frozenset[str]().union(*(getattr(part, "categories", ()) for part in parts))


def codes_of(codes: Iterable[str]) -> list[str]:
    """Coupon codes as they are kept: trimmed, in capitals, each once, in their order."""
    return list(dict.fromkeys(code.strip().upper() for code in codes if code.strip()))


def rules(
    *, at: datetime, channel: str, coupon_codes: Sequence[str] = (), customer_id: int | None = None, email: str = ""
) -> Offers:
    """Promotions that are active, those that need a coupon only with a code that may be used; two queries at most.

    Args:
        customer_id: With ``email``, to see early that a customer's limit of a coupon is reached.
    """
    codes = codes_of(coupon_codes)
    active = Promotion.objects.active(at).for_channel(channel)
    rows: QuerySet[Any] = Benefit.objects.filter(promotion__in=active).select_related("promotion").order_by("pk")
    if codes:
        usable = _usable(codes, at, customer_id, email).filter(promotion=OuterRef("promotion")).order_by("pk")
        rows = rows.annotate(coupon=Subquery(usable.values("code")[:1]))
        rows = rows.filter(Q(promotion__needs_coupon=False) | Q(coupon__isnull=False))
    else:
        rows = rows.filter(promotion__needs_coupon=False)
    benefits = rows.kinds()  # type: ignore[attr-defined]
    ids = {benefit.promotion_id for benefit in benefits}
    conditions = Condition.objects.filter(promotion_id__in=ids).order_by("pk").kinds() if ids else []  # type: ignore[attr-defined]
    found = tuple(_rule(pk, benefits, conditions) for pk in sorted(ids))
    return Offers(found, tuple(_refusal(code) for code in codes if code not in {rule.coupon for rule in found}))


def _usable(codes: Sequence[str], at: datetime, customer_id: int | None, email: str) -> QuerySet[AbstractCoupon]:
    coupons = Coupon.objects.active(at).with_code(*codes)
    coupons = coupons.filter(Q(usage_limit=None) | Q(used__lt=F("usage_limit")))
    theirs = _uses_by(customer_id, email)
    if theirs is None:
        return coupons
    uses = CouponRedemption.objects.filter(theirs, coupon=OuterRef("pk")).order_by().values("coupon")
    number = Coalesce(Subquery(uses.annotate(n=Count("pk")).values("n")), Value(0), output_field=IntegerField())
    return coupons.annotate(uses=number).filter(Q(customer_limit=None) | Q(uses__lt=F("customer_limit")))


def _uses_by(customer_id: int | None, email: str) -> Q | None:
    """Redemptions of one buyer, who is known by their account or by their e-mail; ``None`` for nobody."""
    who = Q()
    if customer_id is not None:
        who |= Q(customer_id=customer_id)
    if email:
        who |= Q(email=email.strip().lower())
    return who or None


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
    )


def _refusal(code: str) -> TrailEntry:
    text = _("The code %(code)s is not valid, or was used already.") % {"code": code}
    return TrailEntry(stage="promotions", rule="", why=text, applied=False, code="coupon_invalid", coupon=code)


@db.atomic
def redeem(
    codes: Iterable[str], *, owner_kind: str, owner_key: str, customer_id: int | None = None, email: str = ""
) -> None:
    """Use coupons under their limits, each once for an owner; a second time for the same owner changes nothing.

    Args:
        codes: Those that had an effect (``Totals.coupons``).
        owner_kind: With ``owner_key``, who they are redeemed for (an order); opaque.
        email: Guests are counted by it.

    Raises:
        CouponRefused: One of them can't be used; none was.
    """
    wanted = codes_of(codes)
    if not wanted:
        return
    coupons = list(Coupon.objects.with_code(*wanted).locked())
    owned = CouponRedemption.objects.filter(owner_kind=owner_kind, owner_key=owner_key)
    have = set(owned.values_list("coupon_id", flat=True))
    uses = _count_uses([c.pk for c in coupons if c.customer_limit is not None], customer_id, email)
    by_code = {coupon.code: coupon for coupon in coupons}
    for code in wanted:
        coupon = by_code.get(code)
        if coupon is None or coupon.pk not in have:
            _check(code, coupon, uses.get(coupon.pk, 0) if coupon else 0)
    fresh = [coupon for coupon in coupons if coupon.pk not in have]
    CouponRedemption.objects.bulk_create(
        CouponRedemption(
            coupon_id=coupon.pk,
            customer_id=customer_id,
            email=email.strip().lower(),
            owner_kind=owner_kind,
            owner_key=owner_key,
        )
        for coupon in fresh
    )
    Coupon.objects.filter(pk__in=[coupon.pk for coupon in fresh]).update(used=F("used") + 1)


def _count_uses(coupon_ids: Sequence[int], customer_id: int | None, email: str) -> dict[int, int]:
    theirs = _uses_by(customer_id, email)
    if not coupon_ids or theirs is None:
        return {}
    rows = CouponRedemption.objects.filter(theirs, coupon_id__in=coupon_ids).order_by().values_list("coupon_id")
    return dict(rows.annotate(n=Count("pk")))


def _check(code: str, coupon: AbstractCoupon | None, uses: int) -> None:
    now = clock.now()
    reason = ""
    if coupon is None or not coupon.is_valid(now):
        reason, text = "invalid", _("The code %(code)s is not valid.")
    elif coupon.usage_limit is not None and coupon.used >= coupon.usage_limit:
        reason, text = "used_up", _("The code %(code)s has been used up.")
    elif coupon.customer_limit is not None and uses >= coupon.customer_limit:
        reason, text = "used_before", _("You have used the code %(code)s already.")
    if reason:
        raise CouponRefused(text % {"code": code}, coupon=code, reason=reason)


@db.atomic
def give_back(owner_kind: str, owner_key: str) -> None:
    """Let go of what an owner redeemed; a second time changes nothing."""
    mine = CouponRedemption.objects.filter(owner_kind=owner_kind, owner_key=owner_key)
    coupons = list(Coupon.objects.filter(pk__in=mine.values("coupon_id")).locked())
    if not coupons:
        return
    # read again under the lock: another call may have given them back in the meantime
    held = list(mine.filter(coupon_id__in=[coupon.pk for coupon in coupons]).values_list("pk", "coupon_id"))
    CouponRedemption.objects.filter(pk__in=[pk for pk, _coupon in held]).delete()
    Coupon.objects.filter(pk__in=[coupon for _pk, coupon in held]).update(used=F("used") - 1)
