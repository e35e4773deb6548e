"""Redeeming: uses of coupons and of promotions with limits or budgets, and giving them back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from django.db.models import Count, F, Q
from django.utils.translation import gettext as _

from tradepost.core import db
from tradepost.core.dates import clock
from tradepost.pricing.document import Totals

from ..base import AbstractCoupon, AbstractPromotion
from ..errors import CouponRefused, PromotionRefused
from ..models import (
    Coupon,
    CouponRedemption,
    Promotion,
    PromotionUse,
)
from .first_use import LIMITED, Use, limited_discounts, use_only_promotion, use_seen_coupon
from .usable_coupons import UsableCoupon, codes_of, uses_by

__all__ = ["check_coupons", "discounts_of", "give_back", "redeem"]


@db.atomic
def redeem(
    codes: Iterable[str],
    *,
    owner_kind: str,
    owner_key: str,
    customer_id: int | None = None,
    email: str = "",
    discounts: Mapping[str, Decimal] | None = None,
    seen: Mapping[str, UsableCoupon] | None = None,
) -> None:
    """Use coupons under their limits and budgets of promotions; a second time for the same owner changes nothing.

    Args:
        codes: Those that had an effect (``Totals.coupons``).
        owner_kind: With ``owner_key``, who they are redeemed for (an order); opaque.
        email: Guests are counted by it.
        discounts: What each promotion took off, by its code (:func:`discounts_of`); those without a limit or budget are ignored.
        seen: Coupons as :func:`rules` has found them. Given for an owner that was made in this transaction and so holds
            nothing yet: then a single coupon or promotion is counted where it is checked, by one statement.

    Raises:
        CouponRefused: One of them can't be used; none was.
        PromotionRefused: A budget has less left, or a limit is reached; nothing was used.
    """
    use = Use(owner_kind, owner_key, customer_id, email.strip().lower())
    entered = codes_of(codes)
    if entered and not use_seen_coupon(use, entered, seen or {}):
        _use_coupons(entered, use)
    taken = limited_discounts(discounts or {})
    if taken and (seen is None or not use_only_promotion(use, taken)):
        _use_promotions(taken, use)


def _use_coupons(codes: Sequence[str], use: Use) -> None:
    coupons = list(Coupon.objects.with_code(*codes).locked())
    have, uses = _uses([coupon.pk for coupon in coupons], use.owned, use.theirs)
    held = {coupon.code for coupon in coupons if coupon.pk in have}
    _check_all([code for code in codes if code not in held], coupons, uses)
    fresh = [coupon for coupon in coupons if coupon.pk not in have]
    CouponRedemption.objects.bulk_create(CouponRedemption(coupon_id=coupon.pk, **use.columns) for coupon in fresh)
    Coupon.objects.filter(pk__in=[coupon.pk for coupon in fresh]).update(used=F("used") + 1)


def _uses(coupon_ids: Sequence[int], owned: Q, theirs: Q | None) -> tuple[set[int], dict[int, int]]:
    """Which coupons an owner has redeemed already, and how often a buyer has used each; one query."""
    theirs = theirs or Q(pk=None)
    rows = CouponRedemption.objects.filter(owned | theirs, coupon_id__in=coupon_ids).order_by().values_list("coupon_id")
    rows_with_uses = list(rows.annotate(mine=Count("pk", filter=owned), uses=Count("pk", filter=theirs)))
    return {pk for pk, mine, _uses in rows_with_uses if mine}, {pk: uses for pk, _mine, uses in rows_with_uses}


def check_coupons(codes: Iterable[str], *, customer_id: int | None = None, email: str = "") -> None:
    """Look whether coupons can be used now, without using them.

    Raises:
        CouponRefused: One of them can't; as :func:`redeem` would tell.
    """
    if entered := codes_of(codes):
        coupons = list(Coupon.objects.with_code(*entered))
        theirs = uses_by(customer_id, email.strip().lower())
        _have, uses = _uses([coupon.pk for coupon in coupons], Q(pk=None), theirs)
        _check_all(entered, coupons, uses)


def _check_all(codes: Iterable[str], coupons: Iterable[AbstractCoupon], uses: Mapping[int, int]) -> None:
    by_code = {coupon.code: coupon for coupon in coupons}
    for code in codes:
        coupon = by_code.get(code)
        _check(code, coupon, uses.get(coupon.pk, 0) if coupon else 0)


def _check(code: str, coupon: AbstractCoupon | None, uses: int) -> None:
    now = clock.now()
    reason = ""
    if coupon is None or not coupon.is_valid(now):
        reason, text = "invalid", _("The code %(code)s is not valid.")
    elif coupon.usage_limit is not None and coupon.used >= coupon.usage_limit:
        reason, text = "used_up", _("The code %(code)s has been used up.")
    elif coupon.customer_limit is not None and uses >= coupon.customer_limit:
        reason, text = "used_before", _("You have already used the code %(code)s.")
    if reason:
        raise CouponRefused(text % {"code": code}, coupon=code, reason=reason)


@db.atomic
def give_back(owner_kind: str, owner_key: str) -> None:
    """Let go of what an owner redeemed, and took of budgets; a second time changes nothing."""
    _give_back_coupons(owner_kind, owner_key)
    _give_back_promotions(owner_kind, owner_key)


def _give_back_coupons(owner_kind: str, owner_key: str) -> None:
    mine = CouponRedemption.objects.filter(owner_kind=owner_kind, owner_key=owner_key)
    # Keys first: with a subquery MariaDB would lock its way through all coupons.
    coupons = list(Coupon.objects.filter(pk__in=list(mine.values_list("coupon_id", flat=True))).locked())
    if not coupons:
        return
    # read again under the lock: another call may have given them back in the meantime
    held = list(mine.filter(coupon_id__in=[coupon.pk for coupon in coupons]).values_list("pk", "coupon_id"))
    CouponRedemption.objects.filter(pk__in=[pk for pk, _coupon in held]).delete()
    Coupon.objects.filter(pk__in=[coupon for _pk, coupon in held]).update(used=F("used") - 1)


def discounts_of(totals: Totals) -> dict[str, Decimal]:
    """Sum what each promotion takes off, by its code."""
    by_promotion: dict[str, Decimal] = defaultdict(Decimal)
    for row in (*totals.lines, *totals.charges):
        for adjustment in row.adjustments:
            if adjustment.promotion:  # what staff gave is no promotion's
                by_promotion[adjustment.promotion] -= adjustment.amount
    return dict(by_promotion)


def _use_promotions(discounts: Mapping[str, Decimal], use: Use) -> None:
    promotions = list(Promotion.objects.filter(LIMITED, code__in=discounts).locked())
    if not promotions:
        return
    have, uses = _uses_of_promotions([promotion.pk for promotion in promotions], use.owned, use.theirs)
    fresh = [promotion for promotion in promotions if promotion.pk not in have]
    for promotion in fresh:
        _check_promotion(promotion, discounts[promotion.code], uses.get(promotion.pk, 0))
    PromotionUse.objects.bulk_create(
        PromotionUse(promotion_id=promotion.pk, amount=discounts[promotion.code], **use.columns) for promotion in fresh
    )
    for promotion in fresh:
        spent = F("spent") + discounts[promotion.code]
        Promotion.objects.filter(pk=promotion.pk).update(spent=spent, used=F("used") + 1)


def _uses_of_promotions(promotion_ids: Sequence[int], owned: Q, theirs: Q | None) -> tuple[set[int], dict[int, int]]:
    """Which promotions an owner has already, and how often a buyer has had each; one query."""
    theirs = theirs or Q(pk=None)
    rows = PromotionUse.objects.filter(owned | theirs, promotion_id__in=promotion_ids).order_by()
    counts = list(
        rows.values_list("promotion_id").annotate(mine=Count("pk", filter=owned), uses=Count("pk", filter=theirs))
    )
    return {pk for pk, mine, _number in counts if mine}, {pk: number for pk, _mine, number in counts}


def _check_promotion(promotion: AbstractPromotion, amount: Decimal, uses: int) -> None:
    """Refuse what is over a limit.

    Args:
        uses: Of this buyer, so far.
    """
    reason = ""
    if promotion.budget is not None and promotion.spent + amount > promotion.budget:
        reason, text = (
            "budget_spent",
            _("“%(name)s” has less left than a moment ago. Please check your total again."),
        )
    elif promotion.usage_limit is not None and promotion.used >= promotion.usage_limit:
        reason, text = "used_up", _("“%(name)s” has been used up.")
    elif promotion.customer_limit is not None and uses >= promotion.customer_limit:
        reason, text = "used_before", _("You have already used “%(name)s”.")
    if reason:
        name = promotion.label or promotion.name
        raise PromotionRefused(text % {"name": name}, promotion=promotion.code, reason=reason)


def _give_back_promotions(owner_kind: str, owner_key: str) -> None:
    mine = PromotionUse.objects.filter(owner_kind=owner_kind, owner_key=owner_key)
    promotions = list(Promotion.objects.filter(pk__in=list(mine.values_list("promotion_id", flat=True))).locked())
    if not promotions:
        return
    # read again under the lock, as for coupons
    for use in mine.filter(promotion__in=promotions):
        Promotion.objects.filter(pk=use.promotion_id).update(spent=F("spent") - use.amount, used=F("used") - 1)
        use.delete()
