"""Taking something off a placed order: append-only credits."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from django.db.models import Case, F, Value, When
from django.utils.translation import gettext_lazy as _

from tradepost.core import db, events
from tradepost.core.actors import SYSTEM, By
from tradepost.core.errors import Invalid
from tradepost.core.money import ZERO, allocate, quantise
from tradepost.core.one_time_keys import once

from ..base import AbstractCredit, AbstractOrder, AbstractOrderCharge, AbstractOrderLine
from ..errors import CreditExceedsDue, OrderNotOpen, TooManyUnits
from ..events import OrderCredited, OrderUnitsCancelled
from ..models import Credit, CreditLine, OrderCharge, OrderLine, OrderTax
from .credit_math import (
    Creditable,
    Share,
    by_amount,
    by_units,
)
from .history import note as write_note
from .locks import (
    derive_fulfilment,
    derive_payment,
    locked,
)

__all__ = ["cancel_units", "credit", "credit_all", "credit_goodwill"]

Row = AbstractOrderLine | AbstractOrderCharge
Key = tuple[str, int]


@once("orders.cancel_units")
@db.atomic
def cancel_units(
    order: AbstractOrder, units: Mapping[int, int], *, by: By, reason: str = "", idempotency_key: str = ""
) -> AbstractCredit:
    """Call off part of an order: what it costs is credited, and its stock is given back.

    Args:
        units: By the primary key of a line, each greater than zero.
        idempotency_key: The same one again cancels nothing more, and gives the first's credit.

    Raises:
        OrderNotOpen: It is over, or the outcome of a payment isn't known yet.
        TooManyUnits: Of a line fewer are left; nothing was cancelled.
        Invalid: No units, less than one, or a line of another order.
    """
    row = locked(order.pk)
    _check_open(row)
    lines = _lines(row, units)
    short = {str(line.uuid): line.open_quantity for line in lines if units[line.pk] > line.open_quantity}
    if short:
        raise TooManyUnits(_("You can't cancel more units than are left."), lines=short)
    creditables = _creditables(row)
    credit_row = _write(
        row,
        {("line", line.pk): by_units(creditables["line", line.pk], units[line.pk]) for line in lines},
        reason=Credit.Reason.CANCELLED,
        by=by,
        note=reason,
    )
    _cancel(lines, units)
    derive_fulfilment(row)
    derive_payment(row)
    row.save(update_fields=["credited", "payment_status", "fulfilment_status"])
    facts = {"units": {line.sku: units[line.pk] for line in lines}, "credit": str(credit_row.total)}
    write_note(row, "cancel_units", by=by, reason=reason, facts=facts)
    events.publish(OrderUnitsCancelled(row.pk, [[line.pk, units[line.pk]] for line in lines]))
    events.publish(OrderCredited(row.pk, credit_row.pk))
    return credit_row


def _check_open(order: AbstractOrder) -> None:
    if not order.allows.can_cancel_units:
        raise OrderNotOpen(_("The order is closed."), reason="wrong_state", state=str(order.status))
    if order.payments_unknown:
        raise OrderNotOpen(_("The outcome of a payment isn't known yet."), reason="payment_in_progress")


def _lines(order: AbstractOrder, units: Mapping[int, int]) -> list[OrderLine]:
    lines = list(OrderLine.objects.filter(order_id=order.pk, pk__in=units))
    if not units or len(lines) != len(units):
        raise Invalid(_("Name lines of this order."), attr="units")
    if any(quantity < 1 for quantity in units.values()):
        raise Invalid(_("A quantity is at least one."), attr="quantity")
    return lines


def _cancel(lines: Iterable[AbstractOrderLine], units: Mapping[int, int]) -> None:
    more = Case(*(When(pk=line.pk, then=Value(units[line.pk])) for line in lines), default=Value(0))
    rows = OrderLine.objects.filter(pk__in=[line.pk for line in lines])
    rows.update(cancelled_quantity=F("cancelled_quantity") + more)


def credit_all(order: AbstractOrder, *, by: By, note: str = "") -> None:
    """Credit what is left of an order that is called off, and cancel its units; the caller saves the order and tells.

    An order that costs nothing, or nothing any more, gets no credit.
    """
    lines = OrderLine.objects.filter(order_id=order.pk)
    if order.total > order.credited:
        shares = {
            key: by_amount(row, row.left) if key[0] == "charge" else by_units(row, row.quantity - row.units)
            for key, row in _creditables(order).items()
        }
        credit_row = _write(order, shares, reason=Credit.Reason.CANCELLED, by=by, note=note)
        order.save(update_fields=["credited"])
        events.publish(OrderCredited(order.pk, credit_row.pk))
    lines.update(cancelled_quantity=F("quantity"))


@once("orders.credit")
@db.atomic
def credit(
    order: AbstractOrder,
    amount: Decimal,
    *,
    by: By,
    reason: str = "goodwill",
    note: str = "",
    line_id: int | None = None,
    charge_id: int | None = None,
    idempotency_key: str = "",
) -> AbstractCredit:
    """Take an amount off, tax included: of one line or charge, or spread over all by what is left of each.

    Args:
        amount: In the order's currency, greater than zero.
        reason: A value of ``Credit.Reason``.
        idempotency_key: The same one again credits nothing more, and gives the first's credit.

    Raises:
        CreditExceedsDue: So much isn't left; ``context["left"]`` says how much is.
        Invalid: Not greater than zero, more places than the currency has, no such row or reason.
    """
    if amount <= 0 or reason not in Credit.Reason.values:
        raise Invalid(_("A credit has an amount above zero and a known reason."), attr="amount")
    row = locked(order.pk)
    keys = {("line", line_id), ("charge", charge_id)}
    rows = {k: r for k, r in _creditables(row).items() if (line_id is charge_id is None) or k in keys}
    creditable = sum((row_left.left for row_left in rows.values()), ZERO)
    if not rows:
        raise Invalid(_("Name a line or charge of this order."), attr="line")
    if amount > creditable:
        raise CreditExceedsDue(
            _("That is more than can still be credited."),
            left=str(quantise(creditable, row.currency)),
            currency=row.currency,
        )
    caps = [row_left.left for row_left in rows.values()]
    parts = allocate(amount, caps, currency=row.currency, caps=caps)
    shares = {key: by_amount(rows[key], part) for key, part in zip(rows, parts, strict=True) if part}
    credit_row = _write(row, shares, reason=reason, by=by, note=note)
    derive_payment(row)
    row.save(update_fields=["credited", "payment_status"])
    write_note(row, "credit", by=by, reason=note, facts={"amount": str(amount), "reason": str(reason)})
    events.publish(OrderCredited(row.pk, credit_row.pk))
    return credit_row


def credit_goodwill(
    order: AbstractOrder, amount: Decimal, *, by: By = SYSTEM, note: str = "", idempotency_key: str = ""
) -> AbstractCredit:
    """Take an amount off the whole order, as :func:`credit` does."""
    goodwill = Credit.Reason.GOODWILL
    return credit(order, amount, by=by, reason=goodwill, note=note, idempotency_key=idempotency_key)


def _creditables(order: AbstractOrder) -> dict[Key, Creditable]:
    """Lines, then charges, with what has been credited of each; five queries.

    Lines come by SKU and options, so that equal orders are credited by the same cents, however their baskets were filled.
    """
    done = list(CreditLine.objects.filter(credit__order_id=order.pk))
    taxes = list(OrderTax.objects.filter(order_id=order.pk))
    lines = sorted(OrderLine.objects.filter(order_id=order.pk), key=_place_of_line)
    charges = sorted(OrderCharge.objects.filter(order_id=order.pk), key=lambda charge: (charge.group, charge.code))
    rows: dict[Key, Row] = {("line", line.pk): line for line in lines}
    rows |= {("charge", charge.pk): charge for charge in charges}
    return {
        (kind, pk): _creditable(
            row,
            order.currency,
            taxes=[tax for tax in taxes if (tax.line_id if kind == "line" else tax.charge_id) == pk],
            done=[part for part in done if (part.line_id if kind == "line" else part.charge_id) == pk],
        )
        for (kind, pk), row in rows.items()
    }


def _place_of_line(line: OrderLine) -> tuple[str, str, int, int]:
    return line.sku, json.dumps(line.options, sort_keys=True), line.quantity, line.position


def _creditable(row: Row, currency: str, *, taxes: Sequence[OrderTax], done: Sequence[CreditLine]) -> Creditable:
    return Creditable(
        total=row.total,
        tax=row.tax,
        quantity=getattr(row, "quantity", 1),
        currency=currency,
        units=sum(part.quantity for part in done),
        done_total=sum((part.total for part in done), ZERO),
        done_tax=sum((part.tax for part in done), ZERO),
        taxes=[(tax.pk, tax.amount) for tax in taxes],
        done_taxes=[sum((Decimal(part.taxes.get(str(tax.pk), "0")) for part in done), ZERO) for tax in taxes],
    )


def _write(order: AbstractOrder, shares: Mapping[Key, Share], *, reason: str, by: By, note: str) -> Credit:
    total = sum((share.total for share in shares.values()), ZERO)
    tax = sum((share.tax for share in shares.values()), ZERO)
    credit_row = Credit.objects.create(
        order_id=order.pk,
        reason=reason,
        note=note[:200],
        net=total - tax,
        tax=tax,
        total=total,
        actor_label=by.label[:150],
    )
    CreditLine.objects.bulk_create(
        CreditLine(
            credit=credit_row,
            line_id=pk if kind == "line" else None,
            charge_id=pk if kind == "charge" else None,
            quantity=share.quantity,
            net=share.net,
            tax=share.tax,
            total=share.total,
            taxes={str(key): str(part) for key, part in share.taxes},
        )
        for (kind, pk), share in shares.items()
    )
    order.credited += total
    return credit_row
