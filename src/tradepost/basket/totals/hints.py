"""Hints at what a little more in the basket would bring. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from django.utils.translation import gettext as _

from tradepost.core.money import ZERO, quantise
from tradepost.pricing.document import Document, Hint
from tradepost.promotions.hints import hints, spend_more
from tradepost.promotions.lanes import Course
from tradepost.promotions.rules import Missing, PromotionRule
from tradepost.shipping.ports import Parcel, Quote

from ..stages import course_after_prices, groups_of, parcel_of
from .snapshots import BasketSnapshot, Rules

__all__ = ["FREE_DELIVERY", "hints_of"]

FREE_DELIVERY = "free_delivery"


def hints_of(document: Document, snapshot: BasketSnapshot, rules: Rules) -> list[Hint]:
    """Hints from ways to deliver and from promotions, the nearest first; none for a basket that can't be ordered as it is."""
    if document.errors:
        return []
    chosen = [charge for charge in document.charges if charge.kind == "shipping"]
    parcel, brought = _brought(document, rules)
    delivery: list[Hint] = []
    promised: set[str] = set()
    if any(not quote.amount for quote in brought):
        promised = set() if chosen else {_("free delivery")}  # who has chosen a dearer way may have that for nothing
    elif parcel is not None and not any(charge.gross and not charge.left for charge in chosen):
        delivery = list(_free_delivery(document, parcel, brought))
        promised = {hint.promise for hint in delivery}

    def course(promotions: Sequence[PromotionRule]) -> Course | None:
        return course_after_prices(snapshot, replace(rules, promotions=tuple(promotions)))

    of_promotions = hints(document, rules.promotions, rules.choice, rules.stock, course)
    return sorted(
        [*delivery, *(hint for hint in of_promotions if hint.promise not in promised)], key=lambda hint: -hint.progress
    )


def _brought(document: Document, rules: Rules) -> tuple[Parcel | None, list[Quote]]:
    """The goods to deliver and their shipping methods, where rates were loaded and there is one delivery only."""
    groups = groups_of(document.lines)
    if rules.shipping is None or len(groups) != 1:
        return None, []
    parcel = parcel_of(document.lines, groups[0], document.currency)
    return parcel, [quote for quote in rules.shipping(parcel) if quote.amount is not None and quote.needs_address]


def _free_delivery(document: Document, parcel: Parcel, brought: Sequence[Quote]) -> Iterator[Hint]:
    """The amount that is missing to a free delivery."""
    missing = [quote.free_after for quote in brought if quote.free_after]
    rest = quantise(min(missing, default=ZERO), document.currency)
    if rest > ZERO:
        lacking = Missing(parcel.value, parcel.value + rest, document.currency)
        yield spend_more(lacking, _("free delivery"), code=FREE_DELIVERY)
