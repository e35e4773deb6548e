"""Explain an order's total, from the rows that were stored when it was placed: no later change of a rule changes it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from tradepost.core.money import ZERO, quantise
from tradepost.core.money.format import money_text, times_text
from tradepost.pricing.document import Adjustment, ChargeRow, Item, LineRow, Row, TaxRow, Totals, TrailEntry
from tradepost.pricing.explanation import (
    Exchange,
    Explanation,
    explanation,
)

from ..base import AbstractOrder

__all__ = ["explain", "totals_of"]

_SUMS = ("goods_net", "goods_tax", "goods_total", "charges_net", "charges_tax", "charges_total", "discount", "total")


def explain(order: AbstractOrder) -> Explanation:
    """The steps of each amount of an order, what was credited afterwards, and what it is in the shop's own currency.

    No query for an order that was fetched ``with_rows()``.
    """
    return explanation(totals_of(order), credited=list(_credits(order)), exchange=_exchange(order))


def totals_of(order: AbstractOrder) -> Totals:
    """The totals that an order was placed with, with a trail of what was stored."""
    taxes: dict[tuple[int | None, int | None], list[Any]] = {}
    for tax in order.taxes.all():
        taxes.setdefault((tax.line_id, tax.charge_id), []).append(tax)
    lines = [_line(line, taxes.get((line.pk, None), [])) for line in order.lines.all()]
    charges = [_charge(charge, taxes.get((None, charge.pk), [])) for charge in order.charges.all()]
    rows: list[tuple[Row, str, str]] = [
        *((row, row.price_source, _times(row, order.currency)) for row in lines),
        *((row, row.code, row.name) for row in charges),
    ]
    return Totals(
        currency=order.currency,
        prices_include_tax=order.prices_include_tax,
        tax_rounding=order.tax_rounding,
        lines=tuple(lines),
        charges=tuple(charges),
        trail=tuple(step for row, rule, why in rows for step in _steps(row, rule, why, order.currency)),
        errors=(),
        goods=sum((row.gross for row in lines), ZERO),
        tax=order.goods_tax + order.charges_tax,
        coupons=frozenset(a.coupon for row, _rule, _why in rows for a in row.adjustments if a.coupon),
        **{name: getattr(order, name) for name in _SUMS},
    )


def _line(line: Any, taxes: Sequence[Any]) -> LineRow:
    item = Item(
        key=str(line.uuid),
        variant_id=line.variant_id or 0,
        product_id=0,
        quantity=line.quantity,
        sku=line.sku,
        name=line.name,
        tax_class=line.tax_class,
        weight=line.weight,
        kind=line.kind,
        group=line.group,
    )
    return LineRow(
        **_amounts(line, line.subtotal, taxes),
        item=item,
        unit_price=line.unit_price,
        list_price=line.list_price,
        price_source=line.price_source,
    )


def _charge(charge: Any, taxes: Sequence[Any]) -> ChargeRow:
    amounts = _amounts(charge, charge.amount, taxes)
    return ChargeRow(**amounts, kind=charge.kind, code=charge.code, name=charge.name, group=charge.group)


def _amounts(stored: Any, gross: Decimal, taxes: Sequence[Any]) -> dict[str, Any]:
    return {
        "key": str(stored.uuid),
        "tax_class": stored.tax_class,
        "gross": gross,
        "adjustments": [_adjustment(adjustment) for adjustment in stored.adjustments.all()],
        "net": stored.net,
        "tax": stored.tax,
        "total": stored.total,
        "taxes": [_tax(tax) for tax in taxes],
    }


def _adjustment(stored: Any) -> Adjustment:
    return Adjustment(
        promotion=stored.promotion_key,
        label=stored.label or stored.reason,
        amount=stored.amount,
        application=stored.application,
        coupon=stored.coupon_code,
    )


def _tax(stored: Any) -> TaxRow:
    names = ("name", "rate", "base", "amount", "jurisdiction", "compound", "reason")
    return TaxRow(**{name: getattr(stored, name) for name in names})


def _times(row: LineRow, currency: str) -> str:
    return times_text(row.item.quantity, row.unit_price, currency)


def _steps(row: Row, rule: str, why: str, currency: str) -> Iterator[TrailEntry]:
    """The steps of one row, as its calculation left them."""
    kind = row.kind if isinstance(row, ChargeRow) else ""
    stage = {"": "prices", "shipping": "shipping"}.get(kind, "fees")
    yield TrailEntry(stage=stage, rule=rule, why=why, row=row.key, before=ZERO, after=row.gross)
    now = row.gross
    for adjustment in row.adjustments:
        before, now = now, now + adjustment.amount
        yield TrailEntry(
            stage="promotions",
            rule=adjustment.promotion,
            why=adjustment.label,
            row=row.key,
            before=before,
            after=now,
            coupon=adjustment.coupon,
        )
    if row.tax or row.total != now:
        names = ", ".join(dict.fromkeys(tax.name for tax in row.taxes))
        facts = {"name": names, "net": money_text(row.net, currency), "tax": money_text(row.tax, currency)}
        text = (
            _("%(name)s on %(net)s: %(tax)s.") if row.total != now else _("%(name)s is included: %(net)s and %(tax)s.")
        )
        yield TrailEntry(stage="taxes", rule=names, why=text % facts, row=row.key, before=now, after=row.total)


def _credits(order: AbstractOrder) -> Iterator[TrailEntry]:
    rest = order.total
    for credit in order.credits.all():
        before, rest = rest, rest - credit.total
        why = str(credit.get_reason_display())
        yield TrailEntry(stage="credits", rule=credit.reason, why=why, before=before, after=rest)


def _exchange(order: AbstractOrder) -> Exchange | None:
    if order.base_currency == order.currency:
        return None
    total = quantise(order.total * order.exchange_rate, order.base_currency)
    return Exchange(order.base_currency, order.exchange_rate, total)
