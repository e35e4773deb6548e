"""Factories of orders: a draft with totals that sum up, and orders placed from it by the services."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import count
from typing import Any

from tradepost.catalogue.models import Variant
from tradepost.core import db
from tradepost.core.actors import SYSTEM
from tradepost.core.money import ZERO, quantise
from tradepost.inventory import services as inventory
from tradepost.inventory.ports import Owner
from tradepost.orders import services
from tradepost.orders.drafts import DraftLine, OrderDraft
from tradepost.orders.models import Order
from tradepost.orders.states import Sums
from tradepost.pricing.document import Adjustment, ChargeRow, Item, LineRow, Row, TaxRow, Totals

__all__ = ["draft", "line_row", "order", "pay"]

_keys = count(1)


def line_row(
    price: str = "10.00", quantity: int = 1, *, variant: Variant | None = None, off: str = "0", coupon: str = ""
) -> LineRow:
    """A line of totals, before taxes: so many units at a price, less an amount off the whole line."""
    key = f"line-{next(_keys)}"
    item = Item(
        key=key,
        variant_id=variant.pk if variant else 0,
        product_id=variant.product_id if variant else 0,
        quantity=quantity,
        sku=variant.sku if variant else key.upper(),
        name=variant.product.name if variant else "Thing",
    )
    discount = Adjustment(promotion="sale", label="Sale", amount=-Decimal(off), application="sale:1", coupon=coupon)
    return LineRow(
        key=key,
        tax_class="standard",
        item=item,
        unit_price=Decimal(price),
        gross=Decimal(price) * quantity,
        adjustments=[discount] if Decimal(off) else [],
    )


def _taxed(row: Row, rate: Decimal, currency: str) -> Row:
    row.total = row.left
    row.net = quantise(row.total / (1 + rate), currency)
    row.tax = row.total - row.net
    row.taxes = [TaxRow(name=f"VAT {rate:%}", rate=rate, base=row.net, amount=row.tax)]
    return row


def draft(*rows: LineRow, shipping: str = "", rate: str = "0.19", currency: str = "EUR", **values: Any) -> OrderDraft:
    """A draft of lines with tax included in their prices; one line of one unit at 10.00, if none is given."""
    lines = rows or (line_row(),)
    charges = [ChargeRow(key="shipping", tax_class="standard", kind="shipping", code="parcel", name="Parcel")]
    charges = charges if shipping else []
    for charge in charges:
        charge.gross = Decimal(shipping)
    for row in (*lines, *charges):
        _taxed(row, Decimal(rate), currency)
    return OrderDraft(
        totals=_totals(lines, charges, currency),
        lines=[
            DraftLine(key=row.key, variant_id=row.item.variant_id or None, sku=row.item.sku, name=row.item.name)
            for row in lines
        ],
        **{"email": "buyer@example.com", **values},
    )


def _totals(lines: Sequence[LineRow], charges: Sequence[ChargeRow], currency: str) -> Totals:
    def add(rows: Sequence[Row], name: str) -> Decimal:
        return sum((getattr(row, name) for row in rows), ZERO)

    return Totals(
        currency=currency,
        prices_include_tax=True,
        tax_rounding="line",
        lines=tuple(lines),
        charges=tuple(charges),
        trail=(),
        errors=(),
        goods=add(lines, "left"),
        goods_net=add(lines, "net"),
        goods_tax=add(lines, "tax"),
        goods_total=add(lines, "total"),
        charges_net=add(charges, "net"),
        charges_tax=add(charges, "tax"),
        charges_total=add(charges, "total"),
        discount=add([*lines, *charges], "discount"),
        tax=add([*lines, *charges], "tax"),
        total=add([*lines, *charges], "total"),
    )


@db.atomic
def order(*rows: LineRow, reserve: bool = True, **values: Any) -> Order:
    """A pending order, with the stock of its tracked variants reserved unless it shouldn't be."""
    placed = services.create(draft(*rows, **values))
    units: dict[int, int] = {}
    for line in placed.lines.select_related("variant__product__product_type"):
        if reserve and line.variant is not None and line.variant.stock_is_tracked:
            units[line.variant.pk] = units.get(line.variant.pk, 0) + line.quantity
    inventory.reserve(units, owner=Owner("order", str(placed.pk)), expires_at=placed.expires_at)
    return Order.objects.get(pk=placed.pk)


@db.atomic
def pay(order: Order, amount: str | Decimal | None = None) -> Order:
    """Tell an order that so much of it was captured (all, if not said), and confirm it where that covers it."""
    taken = order.total if amount is None else Decimal(amount)
    services.record_payments(order.pk, Sums(captured=taken, secured=taken), unknown=0)
    if taken >= order.due:
        services.apply(order, "confirm", by=SYSTEM)
    return Order.objects.get(pk=order.pk)
