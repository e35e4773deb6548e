"""Of several promotions of a lane, the one that applies. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from tradepost.core.money import ZERO, allocate, quantise
from tradepost.pricing.document import Document

from .ports import Choice, Offer
from .rules import Application, Benefit, PromotionRule

__all__ = ["GOODS", "State", "best", "lanes_of", "run", "taken_off"]

GOODS = ("lines", "order")
"""Stages in which goods become cheaper."""


@dataclass(slots=True)
class State:
    """What a calculation of promotions remembers from stage to stage.

    Attributes:
        lanes: The promotions that apply, in order; several in one place wait for the delivery to be priced.
        used: See :class:`~tradepost.promotions.rules.Application`.
    """

    lanes: list[list[PromotionRule]] = field(default_factory=list)
    used: dict[str, tuple[int, Decimal]] = field(default_factory=dict)


def lanes_of(promotions: Sequence[PromotionRule]) -> list[list[PromotionRule]]:
    """Promotions by lane, those of the highest priority first; one without a lane is alone."""
    found: dict[tuple[str, str], list[PromotionRule]] = {}
    for rule in promotions:
        found.setdefault((rule.lane, "" if rule.lane else rule.code), []).append(rule)
    return list(found.values())


def run(document: Document, rule: PromotionRule, position: int, state: State) -> bool:
    """Apply one benefit of a promotion, within what the promotion may take off a document.

    Returns:
        Whether anything was taken off.
    """
    key = f"{rule.code}:{position}"
    application = Application(rule.code, rule.label, key, rule.coupon, rule.uses_units, state.used)
    before = {row.key: row.left for row in document.rows if row.key in state.used}
    if not rule.benefits[position].apply(document, application):
        return False
    if rule.most is not None and not _cap(document, rule, application, rule.most):
        return False
    if not rule.uses_units:
        _keep_pace(document, state, before)
    return True


def _cap(document: Document, rule: PromotionRule, application: Application, most: Decimal) -> bool:
    """Shrink the shares of the last application, so that the promotion takes off no more than it may."""
    last = [(row, a) for row in document.rows for a in row.adjustments if a.application == application.key]
    too_much = taken_off(document, rule) - quantise(most, document.currency)
    if too_much <= 0:
        return True
    sizes = [-a.amount for _row, a in last]
    allowed = max(ZERO, sum(sizes, ZERO) - too_much)
    shares = allocate(allowed, sizes, currency=document.currency, caps=sizes)
    for (row, adjustment), share in zip(last, shares, strict=True):
        row.adjustments.remove(adjustment)
        if share > 0:
            row.adjustments.append(replace(adjustment, amount=-share))
        if rule.uses_units and row.key in application.used:
            units, left = application.used[row.key]
            application.used[row.key] = (units, left - adjustment.amount - share)
    return allowed > 0


def taken_off(document: Document, rule: PromotionRule) -> Decimal:
    """What a promotion has taken off a document."""
    return -sum((a.amount for row in document.rows for a in row.adjustments if a.promotion == rule.code), ZERO)


def _keep_pace(document: Document, state: State, before: dict[str, Decimal]) -> None:
    """A discount on all units makes those cheaper that were used up before, too, by the same part."""
    for row in document.rows:
        if (was := before.get(row.key)) and row.left != was:
            units, left = state.used[row.key]
            state.used[row.key] = (units, quantise(left * row.left / was, document.currency))


def best(
    document: Document, state: State, rivals: Sequence[PromotionRule], stages: Sequence[str], choice: Choice
) -> PromotionRule | None:
    """The promotion of a lane that applies in some stages; ``None`` where none of them takes anything off."""
    without = _left(document, state, (), stages)
    offers = [Offer(rule, without - _left(document, state, [rule], stages)) for rule in rivals]
    useful = [offer for offer in offers if offer.saved > 0]
    return choice.choose(useful).promotion if useful else None


def _left(document: Document, state: State, more: Sequence[PromotionRule], stages: Sequence[str]) -> Decimal:
    """What would be left of the document, with the promotions that apply already and some more."""
    trial, trial_state = _copy(document), State(used=dict(state.used))
    chosen = [lane[0] for lane in state.lanes if len(lane) == 1] if stages == GOODS else []
    for stage in stages:
        for rule in [*chosen, *more]:
            for position, _benefit in _benefits(rule, stage):
                run(trial, rule, position, trial_state)
    return sum((row.left for row in trial.rows), ZERO)


def _benefits(rule: PromotionRule, stage: str) -> Iterator[tuple[int, Benefit]]:
    return ((place, benefit) for place, benefit in enumerate(rule.benefits) if benefit.target == stage)


def _copy(document: Document) -> Document:
    return replace(
        document,
        lines=[replace(line, adjustments=list(line.adjustments)) for line in document.lines],
        charges=[replace(charge, adjustments=list(charge.adjustments)) for charge in document.charges],
        trail=[],
        errors=[],
        memo={},
    )
