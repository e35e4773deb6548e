"""A stage of the totals: a charge on small orders."""

from __future__ import annotations

from decimal import Decimal

from tradepost.basket.totals.snapshots import BasketSnapshot, Rules
from tradepost.pricing.document import ChargeRow, Document, TrailEntry

LEAST, FEE = Decimal("20.00"), Decimal("2.50")


def small_order_fee(document: Document, snapshot: BasketSnapshot, rules: Rules) -> None:
    """Add the fee where the goods, after discounts, are worth less than :data:`LEAST`."""
    value = sum((line.left for line in document.lines), Decimal(0))
    if document.currency != "EUR" or not document.lines or value >= LEAST:
        return
    key = "fee:small-order"
    document.charges.append(
        ChargeRow(
            key=key,
            tax_class="standard",
            gross=FEE,
            kind="fee",
            code="small-order",
            name="Small order fee",
        )
    )
    why = f"Goods are worth less than {LEAST} EUR"
    document.trail.append(
        TrailEntry(
            stage="fees",
            rule="small-order",
            why=why,
            row=key,
            before=Decimal(0),
            after=FEE,
        )
    )
