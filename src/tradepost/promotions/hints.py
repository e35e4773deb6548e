"""Hints at what a little more in the basket would bring, from promotions that are near. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import partial

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tradepost.core.money.format import money_text
from tradepost.pricing.document import Document, Hint

from .calculation import apply, limit, state_of, was_applied
from .goods.gifts import without_gifts
from .goods.stock import UNCOUNTED, GoodsStock
from .lane_choices import BestForCustomer
from .lanes import Course
from .ports import Choice
from .rules import Benefit, Missing, PromotionRule

__all__ = ["hints", "spend_more"]

CourseOf = Callable[[Sequence[PromotionRule]], Course | None]
_MOST = 3  # hints of promotions; more would be noise
_TRIED = 6  # promotions whose hint is tried out; each costs a calculation of the promotions
_STAGES = ("lines", "order", "shipping")
_STOCK_CHOICE = BestForCustomer()


def hints(
    document: Document,
    promotions: Sequence[PromotionRule],
    choice: Choice = _STOCK_CHOICE,
    stock: GoodsStock = (),
    course: CourseOf | None = None,
) -> list[Hint]:
    """List what little is missing, the nearest first; only promotions that would really apply then.

    A promotion is near where nothing but goods is missing, and some of them are in the basket already.

    Args:
        document: After all stages.
        promotions: Those that were calculated with.
        stock: What is left of some goods; nothing is praised that can't be had.
        course: What becomes of a document by some promotions, the pricing of the delivery included, by which they are chosen in
            a lane; without it the delivery stays as it is.
    """
    if not document.lines or not was_applied(document):
        return []
    near = sorted(_near(document, promotions, stock), key=lambda pair: (-pair[0].progress, pair[0].promotion))
    kept: list[Hint] = []
    for hint, rule in near[:_TRIED]:
        if len(kept) < _MOST and _would_apply(document, rule, promotions, choice, course):
            kept.append(hint)
    return kept


def spend_more(missing: Missing, promise: str, *, code: str = "spend_more", promotion: str = "") -> Hint:
    """A hint that so much more has to be in the basket."""
    amount, progress = missing.left, _progress(missing)
    facts = {"amount": money_text(amount, missing.currency), "promise": promise}
    text = _("%(amount)s more for %(promise)s.") % facts
    return Hint(
        code=code,
        message=text,
        progress=progress,
        amount=amount,
        promise=promise,
        promotion=promotion,
        products=tuple(sorted(missing.goods.products)),
    )


def _near(
    document: Document, promotions: Sequence[PromotionRule], stock: GoodsStock
) -> Iterator[tuple[Hint, PromotionRule]]:
    """Each promotion that waits for nothing but goods; that which applies and could give more, with its benefit's hint."""
    for rule in promotions:
        if limit(document, rule) is not None:
            continue
        paid = without_gifts(document, rule)
        unmet = [condition for condition in rule.conditions if condition.unmet(paid) is not None]
        lacking = [condition.missing(paid) for condition in unmet]
        if len(unmet) > 1 or None in lacking:
            continue
        if lacking and lacking[0] is not None:
            useful = any(_has_use(document, benefit, stock) for benefit in rule.benefits)
            if useful and lacking[0].have > 0 and _can_be_had(document, lacking[0], stock):
                yield _hint(rule, lacking[0], _promise(document, rule, lacking[0])), rule
            continue
        missing = [(benefit, more) for benefit in rule.benefits if (more := benefit.missing(document)) is not None]
        for benefit, more in missing[:1]:
            if (more.have > 0 or more.is_gift) and _can_be_had(document, more, stock):
                alone = benefit if benefit.goods.is_all and len(rule.benefits) == 1 else None
                yield _hint(rule, more, alone.promise(document) if alone else ""), rule


def _has_use(document: Document, benefit: Benefit, stock: GoodsStock) -> bool:
    """Whether there is something for it, or that would be put in as a gift."""
    missing = benefit.missing(document)
    gift = missing is not None and missing.is_gift
    return benefit.fits(document) or (gift and missing is not None and _can_be_had(document, missing, stock))


def _can_be_had(document: Document, missing: Missing, stock: GoodsStock) -> bool:
    """Whether as many units as are missing are left in stock beside those in the basket; of an amount, one unit."""
    units = next((units for goods, units in stock if goods == missing.goods), None)
    if units is None or units == UNCOUNTED:
        return True
    have = sum(line.item.quantity for line in document.lines if missing.goods.cover(line.item))
    return units - have >= (1 if missing.currency else missing.left)


def _promise(document: Document, rule: PromotionRule, missing: Missing) -> str:
    """In words of the benefit, where it is the only one and for all of the goods, or just for those that count."""
    if len(rule.benefits) != 1:
        return ""
    [benefit] = rule.benefits
    return benefit.promise(document) if benefit.goods.is_all or benefit.goods == missing.goods else ""


def _hint(rule: PromotionRule, missing: Missing, promise: str) -> Hint:
    promise = promise or _("“%(label)s”") % {"label": rule.label}
    if missing.currency:
        return spend_more(missing, promise, promotion=rule.code)
    units, facts = int(missing.left), {"count": int(missing.left), "promise": promise}
    text = ngettext("Add %(count)s more for %(promise)s.", "Add %(count)s more for %(promise)s.", units) % facts
    if missing.is_gift:
        text = _("Add it to your basket: %(promise)s.") % {"promise": promise}
    return Hint(
        code="take_gift" if missing.is_gift else "add_more",
        message=text,
        progress=100 if missing.is_gift else _progress(missing),
        units=units,
        promise=promise,
        promotion=rule.code,
        products=tuple(sorted(missing.goods.products)),
    )


def _progress(missing: Missing) -> int:
    return min(99, int(missing.have * Decimal(100) / missing.needed)) if missing.needed else 0


def _would_apply(
    document: Document,
    rule: PromotionRule,
    promotions: Sequence[PromotionRule],
    choice: Choice,
    course: CourseOf | None,
) -> bool:
    """Whether a promotion would be chosen, and take something off where it can already, if its conditions held."""
    if not rule.lane and not any(other.is_exclusive for other in promotions):  # nothing stands against it
        reached = [rows for benefit in _able(rule, document) if (rows := benefit.rows(document))]
        return all(any(row.left for row in rows) for rows in reached)
    unconditional = replace(rule, conditions=())
    others = [unconditional if other is rule else other for other in promotions]
    steps = course(others) if course is not None else None
    trial = replace(
        document,
        lines=[replace(line, adjustments=[]) for line in document.lines],
        charges=[] if steps else [replace(charge, adjustments=[]) for charge in document.charges],
        trail=[],
        errors=[],
        memo={},
    )
    for step in steps or [partial(apply, promotions=others, stage=stage, choice=choice) for stage in _STAGES]:
        step(trial)
    state = state_of(trial)
    if unconditional not in state.promotions or (unconditional.lane and unconditional.code in state.idle):
        return False
    takes = any(a.promotion == rule.code for row in trial.rows for a in row.adjustments)
    return takes or not any(benefit.fits(trial) and benefit.rows(trial) for benefit in _able(rule, trial))


def _able(rule: PromotionRule, document: Document) -> list[Benefit]:
    """Benefits that lack nothing, and so should take something off."""
    return [benefit for benefit in rule.benefits if benefit.missing(document) is None]
