"""Whether a document was calculated to its end; outside the stages, so that no list of stages can leave it out. Pure."""

from __future__ import annotations

import logging
from collections import Counter

from django.utils.translation import gettext as _

from tradepost.core.money import ZERO
from tradepost.pricing.document import Document, LineRow, TrailEntry

from .snapshots import BasketSnapshot, Rules

__all__ = ["NOT_CALCULATED", "close"]

NOT_CALCULATED = "not_calculated"
"""Code of the error of a document that has no total."""

logger = logging.getLogger(__name__)


def close(document: Document, snapshot: BasketSnapshot, rules: Rules) -> bool:
    """Say whether the document has a total: a line for each item, the delivery that was chosen, each row taxed as it is now,
    and nothing to be paid out.

    Where it hasn't, that is an error of the document, which can't be ordered then.
    """
    open_ends = [
        *_wrong_rows(document, snapshot),
        *_undelivered(document, snapshot, rules),
        *_untaxed(document),
        *_below_zero(document),
    ]
    if not open_ends:
        return True
    logger.error("Totals weren't calculated to the end, look at TRADEPOST_BASKET['STAGES']: %s", "; ".join(open_ends))
    why = _("The total can't be calculated at the moment. Please try again later.")
    keys = {line.key for line in document.lines}
    document.lines += [  # for pages, which show what is in the basket
        LineRow(key=item.key, tax_class=item.tax_class, item=item) for item in snapshot.items if item.key not in keys
    ]
    document.errors.append({"code": NOT_CALCULATED, "message": why})
    document.trail.append(TrailEntry(stage="close", rule="", why=why, applied=False, code=NOT_CALCULATED))
    return False


def _wrong_rows(document: Document, snapshot: BasketSnapshot) -> list[str]:
    wrong = []
    if Counter(line.key for line in document.lines) != Counter(item.key for item in snapshot.items):
        wrong.append("there isn't one line for each item")
    repeated = [key for key, number in Counter(charge.key for charge in document.charges).items() if number > 1]
    return wrong + [f"the charge {key} is there twice" for key in repeated]


def _undelivered(document: Document, snapshot: BasketSnapshot, rules: Rules) -> list[str]:
    """Groups of goods whose delivery was chosen and has neither a price nor an error."""
    if rules.shipping is None:
        return []
    answered = {charge.group for charge in document.charges if charge.kind == "shipping"}
    answered |= {str(error["group"]) for error in document.errors if "group" in error}
    groups = {item.group for item in snapshot.items if item.is_shipped}
    chosen = {group for group, method in snapshot.terms.shipping_methods.items() if method}
    return [f"the delivery {group!r} has no price" for group in sorted((groups & chosen) - answered)]


def _below_zero(document: Document) -> list[str]:
    """A total that a charge of a project's own took below zero: nobody is paid for an order."""
    total = sum((row.total for row in document.rows), ZERO)
    return [f"the total is {total}"] if total < 0 else []


def _untaxed(document: Document) -> list[str]:
    return [f"{row.key} wasn't taxed after its last change" for row in document.rows if row.taxed != row.left]
