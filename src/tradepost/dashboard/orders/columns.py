"""Columns of the list of orders."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db.models import OuterRef, Subquery, Sum
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from tradepost.core.access import needs
from tradepost.core.money import plain
from tradepost.core.money.format import money_text
from tradepost.orders.models import OrderLine
from tradepost.orders.states import FulfilmentStatus, PaymentStatus
from tradepost.orders.states.display_status import stage_label

from ..registry import Column
from .holds import HOLDS
from .texts import buyer_name, fulfilment_badge, payment_badge, source_text, stage_badge, total_text

__all__ = ["columns"]


def columns() -> Iterator[Column]:
    """All of them, in order."""
    yield Column(key="number", title=_("Order"), value=lambda order: order.number, order_by="number")
    yield Column(key="placed", title=_("Placed"), value=_placed, text=_moment("placed_at"), order_by="placed_at")
    yield Column(key="customer", title=_("Customer"), value=buyer_name)
    yield Column(
        key="total", title=_("Total"), value=total_text, text=_amount("total"), order_by="total", is_number=True
    )
    yield Column(key="stage", title=_("Status"), value=stage_badge, text=stage_label, prepare=_with_open_units)
    yield Column(key="payment", title=_("Payment"), value=payment_badge, text=_label(PaymentStatus, "payment_status"))
    yield Column(
        key="fulfilment",
        title=_("Delivery"),
        value=fulfilment_badge,
        text=_label(FulfilmentStatus, "fulfilment_status"),
    )
    yield Column(
        key="units", title=_("Items"), value=lambda order: order.units or 0, prepare=_with_units, is_number=True
    )
    yield _more("currency", _("Currency"), lambda order: order.currency)
    yield from _of_money()
    yield from _of_people()
    yield _more("hold", _("On hold for"), lambda order: dict(HOLDS).get(order.hold, order.hold))
    yield _more("channel", _("Channel"), lambda order: order.channel)
    yield _more("source", _("Bought"), source_text)
    if "tradepost_payments" in apps.app_configs:
        yield _more(
            "method", _("Paid by"), _methods, prepare=_with_payments, access=needs("tradepost_payments.view_payment")
        )


def _of_money() -> Iterator[Column]:
    for key, title in (("discount", _("Discount")), ("credited", _("Credited")), ("net_paid", _("Paid"))):
        yield _more(key, title, _money(key), text=_amount(key), is_number=True)


def _of_people() -> Iterator[Column]:
    yield _more("email", _("E-mail"), lambda order: order.email)
    yield _more("phone", _("Phone"), lambda order: order.phone)
    yield _more("city", _("City"), lambda order: order.shipping_address.get("city", ""))
    yield _more("country", _("Country"), lambda order: order.tax_country)


def _more(key: str, title: Any, value: Any, **options: Any) -> Column:
    return Column(key=key, title=title, value=value, is_default=False, **options)


def _placed(order: Any) -> str:
    """A day and a time, which may stand below each other: there is room for the total then."""
    placed = localtime(order.placed_at)
    parts = date_format(placed, "SHORT_DATE_FORMAT"), date_format(placed, "TIME_FORMAT")
    return format_html('<span class="nowrap">{}</span> <span class="nowrap">{}</span>', *parts)


def _moment(name: str) -> Any:
    return lambda order: getattr(order, name).isoformat(timespec="seconds") if getattr(order, name) else ""


def _label(choices: Any, name: str) -> Any:
    return lambda order: choices(getattr(order, name)).label


def _amount(name: str) -> Any:
    return lambda order: plain(getattr(order, name), order.currency)


def _money(name: str) -> Any:
    return lambda order: money_text(getattr(order, name), order.currency)


def _with_open_units(rows: Any) -> Any:
    return rows.with_open_units()


def _with_units(rows: Any) -> Any:
    lines = OrderLine.objects.filter(order=OuterRef("pk")).order_by().values("order")
    return rows.annotate(units=Subquery(lines.annotate(sum=Sum("quantity") - Sum("cancelled_quantity")).values("sum")))


def _with_payments(rows: Any) -> Any:
    return rows.prefetch_related("payments")


def _methods(order: Any) -> str:
    from tradepost.payments import conf

    methods = conf.methods()
    names = (
        str(methods[p.method].LABEL or p.method) if p.method in methods else p.method for p in order.payments.all()
    )
    return ", ".join(dict.fromkeys(names))
