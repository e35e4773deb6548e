"""Of the promotions whose conditions hold, those that apply: each lane's best, and nothing after an exclusive one. Pure.

Whether a promotion takes anything off is tried out on a copy of the document, with the delivery priced: a promotion that gives
nothing blocks nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace
from decimal import Decimal

from tradepost.core.money import ZERO, allocate, quantise
from tradepost.pricing.document import Document

from .ports import Choice, Offer
from .rules import Application, PromotionRule

__all__ = ["MEMO", "Course", "Decision", "State", "decide", "lanes_of", "run", "taken_off"]

MEMO = "promotions"
Course = Sequence[Callable[[Document], None]]
"""The steps of a document from the first promotions to the last, the pricing of the delivery included."""


@dataclass(slots=True)
class State:
    """The memory of a calculation of promotions, from stage to stage.

    Attributes:
        promotions: Those that apply, in order.
        idle: Codes of those that were tried and take nothing off; each is told of with its reason, and applied no more.
        used: See :class:`~tradepost.promotions.rules.Application`.
        done: Stages that were applied; one that comes again changes nothing.
        is_trial: The document is a copy that is thrown away; no trail is kept.
    """

    promotions: list[PromotionRule] = field(default_factory=list)
    idle: set[str] = field(default_factory=set)
    used: dict[str, tuple[int, Decimal]] = field(default_factory=dict)
    done: set[str] = field(default_factory=set)
    is_trial: bool = False


@dataclass(slots=True)
class Decision:
    """Which promotions apply, and which do not because of another.

    Attributes:
        outbid: Pairs of a promotion and the one of its lane that applies instead.
        excluded: Pairs of a promotion and the exclusive one before it.
    """

    state: State = field(default_factory=State)
    outbid: list[tuple[PromotionRule, PromotionRule]] = field(default_factory=list)
    excluded: list[tuple[PromotionRule, PromotionRule]] = field(default_factory=list)


def lanes_of(promotions: Sequence[PromotionRule]) -> list[list[PromotionRule]]:
    """Promotions by lane, those of the highest priority first; one without a lane is alone."""
    lanes: dict[tuple[str, str], list[PromotionRule]] = {}
    for rule in promotions:
        lanes.setdefault((rule.lane, "" if rule.lane else rule.code), []).append(rule)
    return list(lanes.values())


def decide(document: Document, promotions: Sequence[PromotionRule], choice: Choice, course: Course) -> Decision:
    """Choose in each lane, one after the other, beside what was chosen before.

    Args:
        promotions: Those whose conditions hold, the first to apply first.
    """
    decision, exclusive = Decision(), None
    for lane in lanes_of(promotions):
        if exclusive is not None:
            decision.excluded += [(rule, exclusive) for rule in lane]
            continue
        chosen = _choose(document, decision.state, lane, choice, course)
        if chosen is None:
            continue
        decision.outbid += [(rule, chosen) for rule in lane if rule is not chosen]
        if chosen.is_exclusive:
            exclusive = chosen
    return decision


def _choose(
    document: Document, state: State, lane: Sequence[PromotionRule], choice: Choice, course: Course
) -> PromotionRule | None:
    """Add to the state what applies of a lane; ``None`` where none of it takes anything off."""
    if len(lane) == 1 and not lane[0].is_exclusive:
        state.promotions.append(lane[0])  # whether it takes anything off matters to nobody else
        return lane[0]
    before = list(state.promotions)
    trials = [(rule, _tried(document, [*before, rule], course)) for rule in lane]
    useful = [(rule, trial) for rule, trial in trials if taken_off(trial, rule)]
    if len(lane) > 1 and useful:
        without = _left(_tried(document, before, course))
        offers = [Offer(rule, saved) for rule, trial in useful if (saved := without - _left(trial)) > 0]
        useful = [(choice.choose(offers).promotion, document)] if offers else []
    if not useful:
        state.promotions += lane
        state.idle |= {rule.code for rule in lane}
        return None
    state.promotions.append(useful[0][0])
    return useful[0][0]


def _tried(document: Document, promotions: Iterable[PromotionRule], course: Course) -> Document:
    """A copy of the document after some promotions, and with its delivery."""
    trial = replace(
        document,
        lines=[replace(line, adjustments=list(line.adjustments)) for line in document.lines],
        charges=[replace(charge, adjustments=list(charge.adjustments)) for charge in document.charges],
        trail=[],
        errors=[],
        memo={**deepcopy(document.memo), MEMO: State(list(promotions), is_trial=True)},
    )
    for step in course:
        step(trial)
    return trial


def _left(document: Document) -> Decimal:
    return sum((row.left for row in document.rows), ZERO)


def run(document: Document, rule: PromotionRule, position: int, state: State) -> bool:
    """Apply one benefit of a promotion, within what the promotion may take off a document.

    Returns:
        Whether anything was taken off; units that it counted are used up only then.
    """
    key = f"{rule.code}:{position}"
    used = dict(state.used)
    application = Application(rule.code, rule.label, key, rule.coupon, rule.uses_units, state.used)
    before = {row.key: row.left for row in document.rows if row.key in state.used}
    taken = rule.benefits[position].apply(document, application)
    if taken and rule.most is not None:
        taken = _cap(document, rule, application, used)
    if not taken:
        state.used.clear()
        state.used.update(used)
        return False
    if not rule.uses_units:
        _keep_pace(document, state, before)
    return True


def _cap(
    document: Document, rule: PromotionRule, application: Application, used: dict[str, tuple[int, Decimal]]
) -> bool:
    """Shrink the shares of the last application, so that the promotion takes off no more than it may.

    Args:
        used: Units that were used up before the application; a line that nothing is left for gets its own back.
    """
    last = [(row, a) for row in document.rows for a in row.adjustments if a.application == application.key]
    too_much = taken_off(document, rule) - quantise(rule.most or ZERO, document.currency)
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
                units, rest = application.used[row.key]
                application.used[row.key] = (units, rest - adjustment.amount - share)
        elif row.key in used:
            application.used[row.key] = used[row.key]
        else:
            application.used.pop(row.key, None)
    return allowed > 0


def taken_off(document: Document, rule: PromotionRule) -> Decimal:
    """Sum what a promotion has taken off a document."""
    return -sum((a.amount for row in document.rows for a in row.adjustments if a.promotion == rule.code), ZERO)


def _keep_pace(document: Document, state: State, before: dict[str, Decimal]) -> None:
    """A discount on all units makes those cheaper that were used up before, too, by the same part."""
    for row in document.rows:
        if (was := before.get(row.key)) and row.left != was:
            units, rest = state.used[row.key]
            state.used[row.key] = (units, quantise(rest * row.left / was, document.currency))
