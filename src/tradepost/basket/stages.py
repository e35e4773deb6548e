"""The stock stages of the totals. A project puts its own between them by ``TRADEPOST_BASKET["STAGES"]``."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from functools import partial

from django.utils.translation import gettext as _

from tradepost.core.money import ZERO, allocate, quantise
from tradepost.core.money.format import times_text
from tradepost.pricing.document import Adjustment, ChargeRow, Document, Item, LineRow, TrailEntry
from tradepost.pricing.errors import TaxUnavailable
from tradepost.promotions.calculation import apply
from tradepost.promotions.lanes import Course
from tradepost.shipping.ports import Goods, Parcel

from .totals.snapshots import (
    BasketSnapshot,
    ManualDiscount,
    Rules,
    Stage,
)

__all__ = [
    "STOCK",
    "course_after_prices",
    "deliveries_of",
    "fees",
    "goods_of",
    "groups_of",
    "line_promotions",
    "manual_discounts",
    "order_promotions",
    "parcel_of",
    "prices",
    "shipping",
    "shipping_promotions",
    "taxes",
]


def prices(document: Document, snapshot: BasketSnapshot, rules: Rules) -> None:
    """A line for each item, in their order; the unit price may have four decimals, the line is quantised."""
    for item in sorted(snapshot.items, key=lambda item: item.sort_key):
        row = LineRow(key=item.key, tax_class=item.tax_class, item=item)
        document.lines.append(row)
        quote = rules.prices.get(item.key)
        if quote is not None and quote.note:
            document.trail.append(
                TrailEntry(stage="prices", rule="", why=quote.note, row=item.key, applied=False, code="other_basis")
            )
        if item.key in snapshot.unsellable:
            _fail(document, item, "not_sellable", _("This item is no longer available."))
        if quote is None or quote.amount is None:
            _fail(document, item, "no_price", _("There is no price in %(code)s.") % {"code": document.currency})
            continue
        row.unit_price, row.list_price, row.price_source = quote.amount, quote.was, quote.source
        row.gross = quantise(quote.amount * item.quantity, document.currency)
        why = times_text(item.quantity, quote.amount, document.currency)
        document.trail.append(
            TrailEntry(stage="prices", rule=quote.source, why=why, row=item.key, before=ZERO, after=row.gross)
        )


def _fail(document: Document, item: Item, code: str, why: str) -> None:
    document.errors.append({"code": code, "line": item.key, "sku": item.sku, "message": why})
    document.trail.append(TrailEntry(stage="prices", rule="", why=why, row=item.key, applied=False, code=code))


def line_promotions(document: Document, snapshot: BasketSnapshot, rules: Rules) -> None:
    """Benefits of each line, and why a coupon unlocks nothing."""
    document.trail += rules.refusals
    apply(document, rules.promotions, "lines", rules.choice, _course(line_promotions, snapshot, rules))


def order_promotions(document: Document, snapshot: BasketSnapshot, rules: Rules) -> None:
    """Benefits of the order, shared among its lines."""
    apply(document, rules.promotions, "order", rules.choice, _course(order_promotions, snapshot, rules))


def manual_discounts(document: Document, snapshot: BasketSnapshot, rules: Rules) -> None:
    """Discounts that staff gave on a line, then one on all together: a percentage of what is left, or an amount, never more."""
    for row in document.lines:
        given = snapshot.discounts.get(row.key)
        if given is not None and row.left > 0:
            _take_off(document, row, _off(given, row.left, document.currency), given, f"manual:{row.key}")
    whole = snapshot.whole_discount
    rows = [row for row in document.lines if row.left > 0]
    if whole is None or not rows:
        return
    rest = [row.left for row in rows]
    off = _off(whole, sum(rest, ZERO), document.currency)
    for row, part in zip(rows, allocate(off, rest, currency=document.currency, caps=rest), strict=True):
        _take_off(document, row, part, whole, "manual:goods")


def _off(given: ManualDiscount, rest: Decimal, currency: str) -> Decimal:
    off = given.amount if given.percent is None else rest * given.percent / 100
    return min(quantise(off, currency), rest)


def _take_off(document: Document, row: LineRow, off: Decimal, given: ManualDiscount, application: str) -> None:
    if not off:
        return
    label, before = _("Discount"), row.left
    row.adjustments.append(
        Adjustment(
            promotion="",
            label=label,
            amount=-off,
            application=application,
            kind="manual",
            reason=given.reason,
            actor=given.actor,
        )
    )
    document.trail.append(
        TrailEntry(stage="manual_discounts", rule="", why=label, row=row.key, before=before, after=row.left)
    )


def course_after_prices(snapshot: BasketSnapshot, rules: Rules) -> Course | None:
    """The stages from the first promotions to those of the delivery, for a trial with the delivery priced anew."""
    firsts = (stage for stage in rules.stages or STOCK if stage in (line_promotions, order_promotions))
    first = next(firsts, None)
    return _course(first, snapshot, rules) if first is not None else None


def _course(first: Stage, snapshot: BasketSnapshot, rules: Rules) -> Course | None:
    """The stages from one on to the promotions of the delivery, for a trial; ``None`` where a project has left those out."""
    stages = rules.stages or STOCK
    if first not in stages or shipping_promotions not in stages:
        return None
    course = stages[stages.index(first) : stages.index(shipping_promotions) + 1]
    return [partial(_run, stage=stage, snapshot=snapshot, rules=rules) for stage in course] or None


def _run(document: Document, *, stage: Stage, snapshot: BasketSnapshot, rules: Rules) -> None:
    stage(document, snapshot, rules)


def groups_of(lines: Sequence[LineRow]) -> list[str]:
    """Delivery groups with something that travels."""
    return sorted({line.item.group for line in lines if line.item.is_shipped})


def parcel_of(lines: Sequence[LineRow], group: str, currency: str) -> Parcel:
    """The contents of a delivery group, with their worth."""
    mine = (line for line in lines if line.item.is_shipped and line.item.group == group)
    return Parcel.of((goods_of(line.item, value=line.left, gross=line.gross) for line in mine), currency)


def deliveries_of(items: Sequence[Item], currency: str) -> list[Parcel]:
    """The goods of each delivery group, before there are prices."""
    shipped = [item for item in items if item.is_shipped]
    groups = sorted({item.group for item in shipped})
    return [Parcel.of((goods_of(item) for item in shipped if item.group == group), currency) for group in groups]


def goods_of(item: Item, *, value: Decimal = ZERO, gross: Decimal = ZERO) -> Goods:
    """The goods of an item that are to be carried."""
    return Goods(
        sku=item.sku,
        quantity=item.quantity,
        name=item.name,
        product_id=item.product_id,
        weight=item.weight,
        sides=item.sides,
        value=value,
        gross=gross,
    )


def shipping(document: Document, snapshot: BasketSnapshot, rules: Rules) -> None:
    """A charge for each delivery group whose method is chosen."""
    for group in groups_of(document.lines):
        code = snapshot.terms.shipping_methods.get(group, "")
        if not code or rules.shipping is None:
            continue
        quotes = rules.shipping(parcel_of(document.lines, group, document.currency))
        quote = next((quote for quote in quotes if quote.code == code), None)
        if quote is None or quote.amount is None:
            why = (quote.reason if quote else "") or _("This delivery option isn't available.")
            document.errors.append({"code": "shipping_unavailable", "group": group, "method": code, "message": why})
            document.trail.append(
                TrailEntry(stage="shipping", rule=code, why=why, applied=False, code="shipping_unavailable")
            )
            continue
        key, amount = f"shipping:{group}", quantise(quote.amount, document.currency)
        why = quote.name
        if quote.parcels > 1:
            why = _("%(name)s, %(n)s parcels") % {"name": quote.name, "n": quote.parcels}
        document.charges.append(
            ChargeRow(
                key=key,
                tax_class=quote.tax_class,
                gross=amount,
                kind="shipping",
                code=code,
                name=quote.name,
                group=group,
            )
        )
        document.trail.append(TrailEntry(stage="shipping", rule=code, why=why, row=key, before=ZERO, after=amount))


def shipping_promotions(document: Document, snapshot: BasketSnapshot, rules: Rules) -> None:
    """Benefits of shipping."""
    apply(document, rules.promotions, "shipping", rules.choice)


def fees(document: Document, snapshot: BasketSnapshot, rules: Rules) -> None:
    """Add the fee of the chosen payment method."""
    fee = rules.fees.get(snapshot.terms.payment_method)
    if fee is None or not document.lines:
        return
    if fee.currency != document.currency:
        why = _("Only for orders in %(currency)s.") % {"currency": fee.currency}
        document.trail.append(TrailEntry(stage="fees", rule=fee.code, why=why, applied=False, code="wrong_currency"))
        return
    if not any(row.left for row in document.rows):
        why = _("There is nothing to pay.")
        document.trail.append(TrailEntry(stage="fees", rule=fee.code, why=why, applied=False, code="nothing_to_pay"))
        return
    key, amount = f"fee:{fee.code}", quantise(fee.amount, fee.currency)
    document.charges.append(
        ChargeRow(key=key, tax_class=fee.tax_class, gross=amount, kind="payment_fee", code=fee.code, name=fee.name)
    )
    document.trail.append(TrailEntry(stage="fees", rule=fee.code, why=fee.name, row=key, before=ZERO, after=amount))


def taxes(document: Document, snapshot: BasketSnapshot, rules: Rules) -> None:
    """Net, tax and total of every row. Where the tax can't be known that is an error, and rows have none: nothing is guessed."""
    _tax(document, rules)
    for row in document.rows:
        row.taxed = row.left


def _tax(document: Document, rules: Rules) -> None:
    if rules.taxer is not None:
        try:
            rules.taxer(document)
        except TaxUnavailable as error:
            why = str(error)
            document.errors.append({"code": error.code, "message": why})
            document.trail.append(TrailEntry(stage="taxes", rule="", why=why, applied=False, code=error.code))
        else:
            return
    for row in document.rows:
        row.net = row.total = row.left
        row.tax, row.taxes = ZERO, []


STOCK: tuple[Stage, ...] = (
    prices,
    line_promotions,
    order_promotions,
    manual_discounts,
    shipping,
    shipping_promotions,
    fees,
    taxes,
)
