"""What a little more in the basket would give. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from tradepost.core.money import ZERO, quantise
from tradepost.pricing.document import Document, Hint
from tradepost.promotions.hinting import hints, spend_more
from tradepost.promotions.rules import Missing

from .snapshots import Rules
from .stages import groups_of, parcel_of

__all__ = ["FREE_DELIVERY", "hints_of"]

FREE_DELIVERY = "free_delivery"


def hints_of(document: Document, rules: Rules) -> list[Hint]:
    """Hints from ways to deliver and from promotions, the nearest first; none for a basket that can't be ordered as it is."""
    if document.errors:
        return []
    delivery = list(_free_delivery(document, rules))
    promised = {hint.promise for hint in delivery}
    found = [*delivery, *(h for h in hints(document, rules.promotions, rules.choice) if h.promise not in promised)]
    return sorted(found, key=lambda hint: -hint.progress)


def _free_delivery(document: Document, rules: Rules) -> Iterator[Hint]:
    """What is missing until something is brought for nothing, where rates were loaded and there is one delivery only."""
    groups = groups_of(document.lines)
    if rules.shipping is None or len(groups) != 1:
        return
    if any(charge.kind == "shipping" and charge.gross and not charge.left for charge in document.charges):
        return  # some promotion makes it free already
    parcel = parcel_of(document.lines, groups[0], document.currency)
    brought = [quote for quote in rules.shipping(parcel) if quote.amount is not None and quote.needs_address]
    missing = [quote.free_after for quote in brought if quote.free_after]
    if missing and all(quote.amount for quote in brought):
        left = quantise(min(missing), document.currency)
        if left > ZERO:
            yield spend_more(
                Missing(parcel.value, parcel.value + left, document.currency), _("free delivery"), code=FREE_DELIVERY
            )
