"""How promotions change a document: in which order, which exclude which, and why one did not apply. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from tradepost.pricing.document import Document, TrailEntry

from .rules import Application, Benefit, PromotionRule, Reason

__all__ = ["apply"]

_MEMO = "promotions"


def apply(document: Document, promotions: Sequence[PromotionRule], stage: str) -> None:
    """Apply the benefits of one stage, those of the highest priority first.

    Which promotions apply at all is decided once for a document, before any benefit: their conditions hold, and no exclusive one
    of higher priority does.

    Args:
        stage: ``lines``, ``order`` or ``shipping``.
    """
    if _MEMO not in document.memo:
        document.memo[_MEMO] = _choose(document, promotions)
    for rule in document.memo[_MEMO]:
        for position, benefit in enumerate(rule.benefits):
            if benefit.target == stage:
                _apply(document, rule, benefit, position)


def _choose(document: Document, promotions: Sequence[PromotionRule]) -> list[PromotionRule]:
    chosen: list[PromotionRule] = []
    exclusive: PromotionRule | None = None
    for rule in sorted(promotions, key=lambda rule: (-rule.priority, rule.code)):
        reason = next((found for c in rule.conditions if (found := c.unmet(document)) is not None), None)
        if reason is None and exclusive is not None:
            reason = Reason("excluded", _("It can't be combined with “%(other)s”.") % {"other": exclusive.label})
        if reason is not None:
            _refuse(document, rule, "promotions", reason)
            continue
        chosen.append(rule)
        if rule.is_exclusive and any(benefit.fits(document) for benefit in rule.benefits):
            exclusive = rule
    return chosen


def _apply(document: Document, rule: PromotionRule, benefit: Benefit, position: int) -> None:
    stage = f"{benefit.target}_promotions"
    before = [(row, row.left) for row in document.rows]
    if not benefit.apply(document, Application(rule.code, rule.label, f"{rule.code}:{position}", rule.coupon)):
        _refuse(document, rule, stage, _why_not(document, benefit))
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


def _why_not(document: Document, benefit: Benefit) -> Reason:
    rows = benefit.rows(document)
    if not rows and benefit.target == "shipping":
        return Reason("no_shipping", _("There is no shipping to make cheaper yet."))
    if not rows:
        return Reason("no_goods", _("None of the goods are part of it."))
    if not any(row.left for row in rows):
        return Reason("nothing_left", _("Nothing is left to take off."))
    currency = getattr(benefit, "currency", document.currency)
    if currency != document.currency:
        return Reason("wrong_currency", _("Only for orders in %(currency)s.") % {"currency": currency})
    return Reason("no_effect", _("It takes nothing off these goods."))


def _refuse(document: Document, rule: PromotionRule, stage: str, reason: Reason) -> None:
    document.trail.append(
        TrailEntry(stage=stage, rule=rule.code, why=reason.text, applied=False, code=reason.code, coupon=rule.coupon)
    )
