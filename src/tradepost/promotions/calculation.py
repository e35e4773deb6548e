"""How promotions change a document: in which order, which exclude which, and why one did not apply. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from tradepost.core.money import quantise
from tradepost.pricing.document import Document, TrailEntry

from .choices import BestForCustomer
from .choosing import GOODS, State, best, lanes_of, run, taken_off
from .ports import Choice
from .rules import Benefit, PromotionRule, Reason, in_currency

__all__ = ["apply", "limit", "state_of", "was_applied"]

_MEMO = "promotions"
_STOCK_CHOICE = BestForCustomer()


def apply(document: Document, promotions: Sequence[PromotionRule], stage: str, choice: Choice = _STOCK_CHOICE) -> None:
    """Apply the benefits of one stage, those of the highest priority first.

    Which promotions apply at all is decided once for a document, before any benefit: their conditions hold, no exclusive one
    of higher priority does, and they are chosen in their lane. Only a lane that makes nothing but the delivery
    cheaper waits until that is priced.

    Args:
        stage: ``lines``, ``order`` or ``shipping``.
        choice: Chooses in a lane of several.
    """
    if not was_applied(document):
        document.memo[_MEMO] = _decide(document, promotions, choice)
    state = state_of(document)
    if stage not in GOODS:
        _settle(document, state, stage, choice)
    for lane in state.lanes:
        for rule in lane:
            for position, benefit in enumerate(rule.benefits):
                if benefit.target == stage:
                    _apply(document, rule, position, state)


def was_applied(document: Document) -> bool:
    """Whether promotions were applied to a document at all; a project's stages may leave them out."""
    return _MEMO in document.memo


def state_of(document: Document) -> State:
    """What was decided for a document that promotions were applied to."""
    found: State = document.memo[_MEMO]
    return found


def _decide(document: Document, promotions: Sequence[PromotionRule], choice: Choice) -> State:
    state, exclusive = State(), None
    for lane in lanes_of(_eligible(document, promotions)):
        if exclusive is not None:
            _refuse_all(document, lane, Reason("excluded", _("It can't be combined with “%(other)s”.")), exclusive)
            continue
        chosen = best(document, state, lane, GOODS, choice) if len(lane) > 1 else lane[0]
        if chosen is not None:
            _refuse_others(document, lane, chosen)
        state.lanes.append(lane if chosen is None else [chosen])
        exclusive = next((rule for rule in state.lanes[-1] if rule.is_exclusive and _fits(document, rule)), None)
    return state


def _eligible(document: Document, promotions: Sequence[PromotionRule]) -> list[PromotionRule]:
    found = []
    for rule in sorted(promotions, key=lambda rule: (-rule.priority, rule.code)):
        reason = limit(document, rule) or _unmet(document, rule)
        if reason is None:
            found.append(rule)
        else:
            _refuse(document, rule, "promotions", reason)
    return found


def _unmet(document: Document, rule: PromotionRule) -> Reason | None:
    """Why a condition doesn't hold; one that no more goods would change comes first, so that nobody buys them in vain."""
    found = [(c.missing(document) is not None, why) for c in rule.conditions if (why := c.unmet(document)) is not None]
    return min(found, key=lambda pair: pair[0])[1] if found else None


def limit(document: Document, rule: PromotionRule) -> Reason | None:
    """Why a promotion may take nothing off at all, whatever is in the basket."""
    if rule.used_up is not None:
        return rule.used_up
    if rule.most is None:
        return None
    if rule.most <= 0:
        return Reason("budget_spent", _("All of it was given away already."))
    return in_currency(rule.currency, document)


def _fits(document: Document, rule: PromotionRule) -> bool:
    return any(benefit.fits(document) for benefit in rule.benefits)


def _settle(document: Document, state: State, stage: str, choice: Choice) -> None:
    """Choose in the lanes that waited."""
    for place, lane in enumerate(state.lanes):
        chosen = best(document, state, lane, (stage,), choice) if len(lane) > 1 else None
        if chosen is not None:
            _refuse_others(document, lane, chosen)
            state.lanes[place] = [chosen]


def _apply(document: Document, rule: PromotionRule, position: int, state: State) -> None:
    benefit = rule.benefits[position]
    stage = f"{benefit.target}_promotions"
    before = [(row, row.left) for row in document.rows]
    if not run(document, rule, position, state):
        _refuse(document, rule, stage, _why_not(document, rule, benefit))
        return
    document.trail += [
        TrailEntry(
            stage=stage,
            rule=rule.code,
            why=rule.label,
            row=row.key,
            before=left,
            after=row.left,
            coupon=rule.coupon,
        )
        for row, left in sorted(before, key=lambda pair: pair[0].key)
        if row.left != left
    ]


def _why_not(document: Document, rule: PromotionRule, benefit: Benefit) -> Reason:
    rows = benefit.rows(document)
    if not rows and benefit.target == "shipping":
        return Reason("no_shipping", _("There is no shipping to make cheaper yet."))
    if not rows:
        return Reason("no_goods", _("None of the goods are part of it."))
    if not any(row.left for row in rows):
        return Reason("nothing_left", _("Nothing is left to take off."))
    if reason := in_currency(getattr(benefit, "currency", "") or document.currency, document):
        return reason
    if rule.most is not None and taken_off(document, rule) >= quantise(rule.most, document.currency):
        return Reason("limit_reached", _("It takes off no more than it has already."))
    return benefit.lacking(document)


def _refuse_others(document: Document, lane: Sequence[PromotionRule], chosen: PromotionRule) -> None:
    others = [rule for rule in lane if rule is not chosen]
    _refuse_all(document, others, Reason("better_offer", _("“%(other)s” applies instead.")), chosen)


def _refuse_all(document: Document, rules: Sequence[PromotionRule], reason: Reason, other: PromotionRule) -> None:
    text = reason.text % {"other": other.label}
    for rule in rules:
        _refuse(document, rule, "promotions", Reason(reason.code, text))


def _refuse(document: Document, rule: PromotionRule, stage: str, reason: Reason) -> None:
    document.trail.append(
        TrailEntry(stage=stage, rule=rule.code, why=reason.text, applied=False, code=reason.code, coupon=rule.coupon)
    )
