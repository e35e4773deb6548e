"""Placing an order: a draft becomes rows, in a number of queries that doesn't depend on its lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import uuid4

from django.utils.translation import gettext_lazy as _

from tradepost.core import db, events
from tradepost.core.actors import SYSTEM, By
from tradepost.core.dates import clock
from tradepost.core.db.querysets import remember
from tradepost.core.errors import InvalidEmail, Misused
from tradepost.core.inputs.email_keys import email_key
from tradepost.core.money import ZERO
from tradepost.pricing.document import ChargeRow, LineRow, Row
from tradepost.promotions.models import Coupon

from ..base import AbstractOrder, AbstractOrderAdjustment, AbstractOrderCharge, AbstractOrderLine, AbstractOrderTax
from ..conf import numbers
from ..drafts import DraftLine, OrderDraft
from ..errors import OrderEmpty
from ..events import OrderPlaced
from ..models import Order, OrderAdjustment, OrderCharge, OrderLine, OrderTax
from ..tokens import derive, hashed
from .history import note
from .locks import derive_payment

__all__ = ["WrittenOrder", "create", "give_number", "set_number", "write"]


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenOrder:
    """An order with the rows that were written for it, in the order in which they are read."""

    order: AbstractOrder
    lines: Sequence[AbstractOrderLine]
    charges: Sequence[AbstractOrderCharge]
    adjustments: Sequence[AbstractOrderAdjustment]
    taxes: Sequence[AbstractOrderTax]

    def remember(self, order: AbstractOrder) -> None:
        """Let an order answer for these rows without asking for them; it is this one, as it is now."""
        rows = {"lines": self.lines, "charges": self.charges, "adjustments": self.adjustments, "taxes": self.taxes}
        remember(order, credits=[], **rows)


@db.atomic
def create(draft: OrderDraft, *, by: By = SYSTEM, numbered: bool = True) -> AbstractOrder:
    """The order of :func:`write`, whose arguments and refusals these are."""
    return write(draft, by=by, numbered=numbered).order


@db.atomic
def write(draft: OrderDraft, *, by: By = SYSTEM, numbered: bool = True) -> WrittenOrder:
    """Write a pending order with snapshots of everything, in the caller's transaction.

    Reserving stock and redeeming coupons is the caller's, with the owner ``Owner("order", str(order.pk))``.

    Args:
        draft: What it is made of.
        by: Who places it, for the history.
        numbered: Whether it gets its number at once. Numbers are counted under a lock that lasts until the commit; who has
            more to lock afterwards passes ``False`` and calls :func:`give_number` as late as possible.

    Raises:
        OrderEmpty: There is no line.
        Misused: Lines and totals don't belong together, or don't sum up.
    """
    _check(draft)
    order = _order(draft)
    lines = _write_lines(order, draft)
    charges = OrderCharge.objects.bulk_create(_charge(order, row) for row in draft.totals.charges)
    pairs: list[tuple[Row, OrderLine | None, OrderCharge | None]] = [
        *((row, lines[row.key], None) for row in draft.totals.lines),
        *((row, None, charge) for row, charge in zip(draft.totals.charges, charges, strict=True)),
    ]
    adjustments = _write_adjustments(order, pairs, draft.coupons)
    taxes = OrderTax.objects.bulk_create(
        OrderTax(
            order=order,
            line=line,
            charge=charge,
            name=tax.name[:100],
            jurisdiction=tax.jurisdiction[:50],
            rate=tax.rate,
            base=tax.base,
            amount=tax.amount,
            compound=tax.compound,
            reason=tax.reason[:40],
        )
        for row, line, charge in pairs
        for tax in row.taxes
    )
    note(order, "place", by=by, facts={"source": draft.source, **draft.facts}, states=("", str(order.status)))
    if numbered:
        give_number(order)
    events.publish(OrderPlaced(order.pk))
    return WrittenOrder(order=order, lines=list(lines.values()), charges=charges, adjustments=adjustments, taxes=taxes)


@db.atomic
def give_number(order: AbstractOrder) -> None:
    """Give an order that was created without one its number; what counts numbers stays locked until the commit."""
    order.save(update_fields=set_number(order))


def set_number(order: AbstractOrder) -> list[str]:
    """As :func:`give_number`, in the caller's transaction, who saves the order; the fields to save."""
    order.number = numbers().next(order)
    return ["number"]


def _check(draft: OrderDraft) -> None:
    totals, keys = draft.totals, [line.key for line in draft.lines]
    if not keys:
        raise OrderEmpty(_("There is nothing to order."))
    if sorted(keys) != sorted(row.key for row in totals.lines):
        raise Misused("An order's draft has one line for each line of its totals, by key.")
    if totals.errors:
        raise Misused(f"Totals with errors can't be ordered: {list(totals.errors)}")
    goods = sum((row.total for row in totals.lines), ZERO)
    charges = sum((row.total for row in totals.charges), ZERO)
    if (goods, charges, goods + charges) != (totals.goods_total, totals.charges_total, totals.total):
        raise Misused("The lines and charges of an order sum up to its totals.")


def _order(draft: OrderDraft) -> Order:
    totals, uuid = draft.totals, uuid4()
    order = Order(
        uuid=uuid,
        number=uuid.hex,  # until it is given one
        access_token_hash=hashed(derive(uuid)),
        source_key=draft.source_key,
        source=draft.source,
        parent_id=draft.parent_id,
        replaces_id=draft.replaces_id,
        channel=draft.channel,
        language=draft.language,
        customer_id=draft.customer_id,
        email=draft.email,
        email_key=_email_key(draft.email),
        phone=draft.phone,
        company=draft.company,
        tax_id=draft.tax_id,
        tax_id_check=draft.tax_id_check,
        shipping_address=dict(draft.shipping_address),
        billing_address=dict(draft.billing_address),
        base_currency=draft.base_currency or totals.currency,
        exchange_rate=draft.exchange_rate,
        tax_country=draft.tax_place.country,
        tax_region=draft.tax_place.region,
        tax_postcode=draft.tax_place.postcode,
        expires_at=draft.expires_at,
        placed_at=clock.now(),
        terms_version=draft.terms_version,
        terms_accepted_at=draft.terms_accepted_at,
        customer_note=draft.note,
        client_ip=draft.client_ip,
        visitor_key=draft.visitor_key,
        metadata=dict(draft.metadata),
    )
    for name in _MONEY:
        setattr(order, name, getattr(totals, name))
    derive_payment(order)
    order.save(force_insert=True)
    return order


def _email_key(email: str) -> str:
    """By which the order finds its account; empty for an address that can have none."""
    try:
        return email_key(email)
    except InvalidEmail:
        return ""


_MONEY = (
    "currency",
    "prices_include_tax",
    "tax_rounding",
    "goods_net",
    "goods_tax",
    "goods_total",
    "charges_net",
    "charges_tax",
    "charges_total",
    "discount",
    "total",
)


def _write_lines(order: Order, draft: OrderDraft) -> dict[str, OrderLine]:
    """The lines by their keys."""
    unsaved = [_line(order, position, line, draft.totals.line(line.key)) for position, line in enumerate(draft.lines)]
    rows = OrderLine.objects.bulk_create(unsaved)
    return {line.key: row for line, row in zip(draft.lines, rows, strict=True)}


def _line(order: Order, position: int, line: DraftLine, row: LineRow) -> OrderLine:
    return OrderLine(
        order=order,
        position=position,
        group=line.group,
        variant_id=line.variant_id,
        sku=line.sku,
        name=line.name,
        variant_name=line.variant_name,
        options=dict(line.options),
        image=line.image,
        kind=line.kind,
        weight=line.weight,
        quantity=row.item.quantity,
        list_price=row.list_price,
        unit_price=row.unit_price,
        price_source=row.price_source,
        tax_class=row.tax_class,
        subtotal=row.gross,
        discount=row.discount,
        net=row.net,
        tax=row.tax,
        total=row.total,
        unit_cost=line.unit_cost,
        metadata=dict(line.metadata),
    )


def _charge(order: Order, row: ChargeRow) -> OrderCharge:
    return OrderCharge(
        order=order,
        group=row.group,
        kind=row.kind,
        code=row.code,
        name=row.name,
        tax_class=row.tax_class,
        amount=row.gross,
        discount=row.discount,
        net=row.net,
        tax=row.tax,
        total=row.total,
    )


def _write_adjustments(
    order: Order, pairs: Sequence[tuple[Row, OrderLine | None, OrderCharge | None]], coupon_ids: Mapping[str, int]
) -> list[OrderAdjustment]:
    codes = {adjustment.coupon for row, _line, _charge in pairs for adjustment in row.adjustments if adjustment.coupon}
    coupons = dict(coupon_ids)
    if unknown := codes - coupons.keys():
        coupons.update(Coupon.objects.filter(code__in=unknown).values_list("code", "pk"))
    return OrderAdjustment.objects.bulk_create(
        OrderAdjustment(
            order=order,
            line=line,
            charge=charge,
            kind=adjustment.kind,
            reason=adjustment.reason,
            actor=adjustment.actor,
            application=adjustment.application[:80],
            promotion_key=adjustment.promotion[:60],
            promotion_name=adjustment.label[:100],
            coupon_id=coupons.get(adjustment.coupon),
            coupon_code=adjustment.coupon,
            label=adjustment.label[:100],
            amount=adjustment.amount,
        )
        for row, line, charge in pairs
        for adjustment in row.adjustments
    )
