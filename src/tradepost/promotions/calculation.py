"""Application of promotions to a document: in which order, which exclude which, and why one did not apply. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from django.utils.translation import gettext as _

from tradepost.core.money import quantise
from tradepost.pricing.document import Document, TrailEntry

from .goods.gifts import without_gifts
from .lane_choices import BestForCustomer
from .lanes import (
    MEMO,
    Course,
    Decision,
    State,
    decide,
    run,
    taken_off,
)
from .ports import Choice
from .rules import Benefit, PromotionRule, Reason, in_currency

__all__ = ["apply", "limit", "state_of", "was_applied"]

_STAGES = ("lines", "order", "shipping")
_STOCK_CHOICE = BestForCustomer()


def apply(
    document: Document,
    promotions: Sequence[PromotionRule],
    stage: str,
    choice: Choice = _STOCK_CHOICE,
    course: Course | None = None,
) -> None:
    """Apply the benefits of one stage, those of the highest priority first.

    Which promotions apply at all is decided once for a document, before any benefit: their conditions hold, they are chosen in
    their lane, and no exclusive one before them takes anything off.

    Args:
        stage: ``lines``, ``order`` or ``shipping``.
        choice: Chooses in a lane of several.
        course: From this stage on to that of the delivery, to try out what a promotion would take off; without it the promotions
            alone are tried.
    """
    if not was_applied(document):
        document.memo[MEMO] = _decided(document, promotions, choice, course or _promotions_only(promotions))
    state = state_of(document)
    if stage in state.done:
        return
    state.done.add(stage)
    for rule in state.promotions:
        for position, benefit in enumerate(rule.benefits):
            if benefit.target != stage:
                continue
            if state.is_trial:
                run(document, rule, position, state)
            else:
                _apply(document, rule, position, state)


def _promotions_only(promotions: Sequence[PromotionRule]) -> Course:
    return [partial(apply, promotions=promotions, stage=stage) for stage in _STAGES]


def was_applied(document: Document) -> bool:
    """Whether promotions were applied to a document at all; a project's stages may leave them out."""
    return MEMO in document.memo


def state_of(document: Document) -> State:
    """The decisions for a document that promotions were applied to."""
    state: State = document.memo[MEMO]
    return state


def _decided(document: Document, promotions: Sequence[PromotionRule], choice: Choice, course: Course) -> State:
    decision: Decision = decide(document, _eligible(document, promotions), choice, course)
    for rule, other in decision.outbid:
        _refuse_for(document, rule, other, "better_offer", _("“%(other)s” applies instead."))
    for rule, other in decision.excluded:
        _refuse_for(document, rule, other, "excluded", _("It can't be combined with “%(other)s”."))
    return decision.state


def _eligible(document: Document, promotions: Sequence[PromotionRule]) -> list[PromotionRule]:
    eligible = []
    for rule in sorted(promotions, key=lambda rule: (-rule.priority, rule.code)):
        reason = limit(document, rule) or _unmet(document, rule)
        if reason is None:
            eligible.append(rule)
        else:
            _refuse(document, rule, "promotions", reason)
    return eligible


def _unmet(document: Document, rule: PromotionRule) -> Reason | None:
    """Say why a condition doesn't hold; one that no more goods would change comes first, so that nobody buys them in vain."""
    if not rule.conditions:
        return None
    paid = without_gifts(document, rule)
    reasons = [(c.missing(paid) is not None, why) for c in rule.conditions if (why := c.unmet(paid)) is not None]
    return min(reasons, key=lambda pair: pair[0])[1] if reasons else None


def limit(document: Document, rule: PromotionRule) -> Reason | None:
    """Say why a promotion may take nothing off at all, whatever is in the basket."""
    if rule.used_up is not None:
        return rule.used_up
    if rule.most is None:
        return None
    if rule.most <= 0:
        return Reason("budget_spent", _("All of it has been given away."))
    return in_currency(rule.currency, document)


def _apply(document: Document, rule: PromotionRule, position: int, state: State) -> None:
    benefit = rule.benefits[position]
    stage = f"{benefit.target}_promotions"
    before = [(row, row.left) for row in document.rows]
    if rule.code in state.idle or not run(document, rule, position, state):
        _refuse(document, rule, stage, _why_not(document, rule, benefit))
        return
    document.trail += [
        TrailEntry(
            stage=stage,
            rule=rule.code,
            why=rule.label,
            row=row.key,
            before=rest,
            after=row.left,
            coupon=rule.coupon,
        )
        for row, rest in sorted(before, key=lambda pair: pair[0].sort_key)
        if row.left != rest
    ]


def _why_not(document: Document, rule: PromotionRule, benefit: Benefit) -> Reason:
    rows = benefit.rows(document)
    if not rows and benefit.target == "shipping":
        return Reason("no_shipping", _("There is no delivery charge to reduce yet."))
    if not rows:
        return Reason("no_goods", _("None of the items qualify."))
    if not any(row.left for row in rows):
        return Reason("nothing_left", _("There is nothing left to take off."))
    if reason := in_currency(getattr(benefit, "currency", "") or document.currency, document):
        return reason
    if rule.most is not None and taken_off(document, rule) >= quantise(rule.most, document.currency):
        return Reason("limit_reached", _("It takes off no more than it already has."))
    return benefit.lacking(document)


def _refuse_for(document: Document, rule: PromotionRule, other: PromotionRule, code: str, text: str) -> None:
    _refuse(document, rule, "promotions", Reason(code, text % {"other": other.label}))


def _refuse(document: Document, rule: PromotionRule, stage: str, reason: Reason) -> None:
    document.trail.append(
        TrailEntry(stage=stage, rule=rule.code, why=reason.text, applied=False, code=reason.code, coupon=rule.coupon)
    )
