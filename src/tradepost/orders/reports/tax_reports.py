"""Telling an outside tax service what became of its estimates: sales, credits, and what was called off.

What has been told stands in the order's history under the reference that the service knows it by. So each run tells what is
missing, in the order in which it happened, whatever runs twice, late or at once.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TypeAlias
from uuid import UUID

from tradepost.core import db
from tradepost.core.actors import SYSTEM
from tradepost.core.dates.days import day_of
from tradepost.pricing import services as pricing
from tradepost.pricing.ports import Place
from tradepost.pricing.tax.ports import TaxDocument, TaxDocumentRow

from ..base import (
    AbstractCredit,
    AbstractCreditLine,
    AbstractOrder,
    AbstractOrderCharge,
    AbstractOrderLine,
)
from ..models import Order, OrderEvent
from ..services.history import note
from ..services.locks import locked
from ..states.statuses import End

__all__ = ["credit_document", "report", "sale_document"]

Sold: TypeAlias = AbstractOrderLine | AbstractOrderCharge

_CONFIRMED = {"confirm", "reinstate"}
_CREDITED = {"credit", "cancel_units"}  # entries of the history that come with a credit of a part
COMMITTED, REFUNDED, VOIDED = "tax_committed", "tax_refunded", "tax_voided"


def report(order_id: int) -> None:
    """Tell the service of an order what it hasn't been told: the sale, then each credit, or that all of it was called off.

    Outside any transaction. What the service's client raises is raised; what was told before it stays told. Nothing happens
    without a service, and for an order that was never confirmed.
    """
    reporter = pricing.tax_reporter()
    if reporter is None:
        return
    db.outside("report()")
    order = Order.objects.with_rows().get(pk=order_id)
    history = list(order.events.all())
    if not any(entry.kind in _CONFIRMED for entry in history):
        return
    reported = {(entry.kind, entry.facts.get("reference")) for entry in history}
    reference = str(order.uuid)
    if (COMMITTED, reference) not in reported:
        reporter.commit(sale_document(order))
        _noted(order, COMMITTED, reference)
    if (VOIDED, reference) in reported:
        return
    if order.allows.end is End.CANCELLED and not any(entry.kind in _CREDITED for entry in history):
        reporter.void(reference)  # its only credit, if it has one, is that of the cancellation
        _noted(order, VOIDED, reference)
        return
    for credit in order.credits.all():
        if (REFUNDED, str(credit.uuid)) not in reported:
            reporter.refund(credit_document(order, credit))
            _noted(order, REFUNDED, str(credit.uuid))


@db.atomic
def _noted(order: AbstractOrder, kind: str, reference: str) -> None:
    """Write down what was told, once: two workers may have told the same."""
    row = locked(order.pk)
    if not OrderEvent.objects.filter(order_id=row.pk, kind=kind, facts__reference=reference).exists():
        note(row, kind, by=SYSTEM, facts={"reference": reference})


def sale_document(order: AbstractOrder) -> TaxDocument:
    """An order as it was placed, its rows fetched by ``with_rows()``."""
    rows = [_row(order, line, line, line.quantity) for line in order.lines.all()]
    rows += [_row(order, charge, charge, 1) for charge in order.charges.all()]
    return _document(order, rows, reference=order.uuid, at=order.placed_at or order.created_at)


def credit_document(order: AbstractOrder, credit: AbstractCredit) -> TaxDocument:
    """A credit of an order, the order's rows fetched by ``with_rows()``."""
    lines = {line.pk: line for line in order.lines.all()}
    charges = {charge.pk: charge for charge in order.charges.all()}
    rows = [
        _row(order, lines[part.line_id] if part.line_id else charges[part.charge_id], part, part.quantity)
        for part in credit.lines.all()
    ]
    return _document(order, rows, reference=credit.uuid, at=credit.created_at, of=str(order.uuid))


def _row(order: AbstractOrder, sold: Sold, amounts: Sold | AbstractCreditLine, quantity: int) -> TaxDocumentRow:
    is_line = isinstance(sold, AbstractOrderLine)
    return TaxDocumentRow(
        key=str(sold.uuid),
        kind="goods" if is_line else sold.kind,
        tax_class=sold.tax_class,
        amount=amounts.total if order.prices_include_tax else amounts.net,
        quantity=quantity,
        sku=sold.sku if isinstance(sold, AbstractOrderLine) else "",
        name=sold.name,
        net=amounts.net,
        tax=amounts.tax,
    )


def _document(
    order: AbstractOrder, rows: Iterable[TaxDocumentRow], *, reference: UUID, at: datetime, of: str = ""
) -> TaxDocument:
    return TaxDocument(
        currency=order.currency,
        includes_tax=order.prices_include_tax,
        rounding=order.tax_rounding,
        place=Place(order.tax_country, order.tax_region, order.tax_postcode),
        on=day_of(at),
        exempt=any(tax.reason == "exempt" for tax in order.taxes.all()),
        tax_id=order.tax_id,
        reference=str(reference),
        of=of,
        number=order.number,
        rows=tuple(rows),
    )
