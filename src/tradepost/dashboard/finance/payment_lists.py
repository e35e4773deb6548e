"""Lists of payments, disputes, and payments that don't fit."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any, ClassVar

from django import forms
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tradepost.core.access import needs
from tradepost.core.dates import clock
from tradepost.core.dates.days import start_of_day
from tradepost.core.money import plain
from tradepost.core.money.format import money_text
from tradepost.payments.models import Discrepancy, Dispute, Payment
from tradepost.payments.querysets import LIVE

from ..orders.order_list import order_url
from ..orders.payment_facts import method_name
from ..orders.texts import badge, when
from ..pages import ListPage
from ..registry import Column, Filter, View

__all__ = ["DiscrepancyListPage", "DisputeListPage", "PaymentListPage", "columns_of", "filters_of", "views_of"]

_TONES = {"captured": "good", "authorised": "good", "charged_back": "bad", "failed": "bad"}
_DISPUTE_TONES = {"needs_response": "bad", "under_review": "warn", "won": "good"}
_PRESSING = timedelta(days=3)


class PaymentListPage(ListPage):
    """All payments, the latest first."""

    key = "payments"
    section = "finance"
    title = _("Payments")
    pattern = "finance/payments/"
    access = needs("tradepost_payments.view_payment", "tradepost_orders.view_order")
    model = "tradepost_payments.Payment"
    search_label = _("Reference, provider’s number or order")
    empty_text = _("No payments yet.")

    def get_rows(self) -> Any:
        """With their orders."""
        return Payment.objects.select_related("order")

    def get_matching(self, rows: Any, text: str) -> Any:
        """By what stands on a statement, on indexes."""
        return rows.filter(
            Q(reference=text) | Q(provider_ref=text) | Q(order__number=text.upper()) | Q(order__number=text)
        )

    def row_url(self, row: Any) -> str:
        """To the order, where it is worked on."""
        return f"{order_url(row.order.number)}#panel-payments"


class DisputeListPage(ListPage):
    """Money that customers' banks want back; those that wait for an answer first."""

    key = "disputes"
    section = "finance"
    title = _("Disputes")
    pattern = "finance/disputes/"
    access = needs("tradepost_payments.view_dispute", "tradepost_orders.view_order")
    empty_text = _("No disputes. They appear here when a customer’s bank wants money back.")
    default_order: ClassVar[Any] = (F("closed_at").asc(nulls_first=True), F("evidence_due").asc(nulls_last=True), "pk")

    def get_rows(self) -> Any:
        """With their orders."""
        return Dispute.objects.select_related("payment__order")

    def row_url(self, row: Any) -> str:
        """To the order."""
        return order_url(row.payment.order.number)


class DiscrepancyListPage(ListPage):
    """Payments that don't fit; open ones first."""

    key = "discrepancies"
    section = "finance"
    title = _("Payments that don’t fit")
    pattern = "finance/discrepancies/"
    access = needs("tradepost_payments.view_discrepancy")
    empty_text = _("Every payment fits its order.")
    default_order: ClassVar[Any] = (F("resolved_at").asc(nulls_first=True), "-pk")

    def get_rows(self) -> Any:
        """With what they are about."""
        return Discrepancy.objects.select_related("order", "payment__order", "resolved_by")

    def row_url(self, row: Any) -> str:
        """Its own page."""
        return reverse("tradepost_dashboard:discrepancy", args=[row.uuid])


def columns_of(key: str) -> Iterator[Column]:
    """The columns of one of the lists."""
    return {"payments": _of_payments, "disputes": _of_disputes, "discrepancies": _of_discrepancies}[key]()


def _of_payments() -> Iterator[Column]:
    yield Column(key="order", title=_("Order"), value=lambda row: row.order.number)
    yield Column(key="made", title=_("Made"), value=lambda row: when(row.created_at), text=_moment("created_at"))
    yield Column(key="method", title=_("Paid by"), value=lambda row: method_name(row.method))
    yield Column(key="amount", title=_("Amount"), value=_money, text=_amount, is_number=True)
    yield Column(key="status", title=_("Status"), value=_status, text=lambda row: row.get_status_display())
    yield Column(key="reference", title=_("Reference"), value=lambda row: row.reference)
    yield Column(key="currency", title=_("Currency"), value=lambda row: row.currency, is_default=False)
    provider = _("Provider’s number")
    yield Column(key="provider_ref", title=provider, value=lambda row: row.provider_ref or "", is_default=False)
    yield Column(key="error", title=_("Error"), value=lambda row: row.error_message, is_default=False)


def _of_disputes() -> Iterator[Column]:
    yield Column(key="order", title=_("Order"), value=lambda row: row.payment.order.number)
    yield Column(key="status", title=_("Status"), value=_dispute_status, text=lambda row: row.get_status_display())
    yield Column(key="due", title=_("Answer by"), value=_due, text=_moment("evidence_due"))
    yield Column(key="amount", title=_("Amount"), value=_money, text=_amount, is_number=True)
    yield Column(key="reason", title=_("Reason"), value=lambda row: row.reason.replace("_", " "))
    yield Column(key="method", title=_("Paid by"), value=lambda row: method_name(row.gateway))
    yield Column(key="opened", title=_("Opened"), value=lambda row: when(row.opened_at), text=_moment("opened_at"))
    yield Column(key="closed", title=_("Closed"), value=lambda row: when(row.closed_at), text=_moment("closed_at"))


def _of_discrepancies() -> Iterator[Column]:
    yield Column(key="kind", title=_("Kind"), value=lambda row: row.get_kind_display())
    yield Column(key="order", title=_("Order"), value=_order_number)
    yield Column(key="found", title=_("Found"), value=lambda row: when(row.created_at), text=_moment("created_at"))
    yield Column(key="state", title=_("Status"), value=_resolution, text=lambda row: row.resolution)
    yield Column(key="note", title=_("Note"), value=lambda row: row.note, is_default=False)


def filters_of(key: str) -> Iterator[Filter]:
    """The filters of one of the lists."""
    if key == "payments":
        yield _several("status", _("Status"), Payment.Status.choices, "status__in")
        yield Filter(key="unknown", field=lambda: _yes(_("Outcome unknown")), apply=_unknown)
        yield Filter(key="since", field=lambda: _day(_("Made on or after")), apply=_since)
        yield Filter(key="until", field=lambda: _day(_("Made on or before")), apply=_until)
    elif key == "disputes":
        yield _several("status", _("Status"), Dispute.Status.choices, "status__in")
    else:
        yield _several("kind", _("Kind"), Discrepancy.Kind.choices, "kind__in")
        yield Filter(
            key="open", field=lambda: _yes(_("Still open")), apply=lambda rows, _value: rows.filter(resolved_at=None)
        )


def views_of(key: str) -> Iterator[View]:
    """The tabs of one of the lists."""
    yield View(key="all", title=_("All"))
    if key == "payments":
        yield View(key="unknown", title=_("Outcome unknown"), query={"unknown": "yes"})
        yield View(key="held", title=_("Held"), query={"status": ["authorised"]})
        yield View(key="waiting", title=_("Waiting"), query={"status": ["pending", "requires_action"]})
        yield View(key="failed", title=_("Failed"), query={"status": ["failed"]})
    elif key == "disputes":
        yield View(key="to-answer", title=_("To answer"), query={"status": ["needs_response"]})
    else:
        yield View(key="open", title=_("Open"), query={"open": "yes"})


def _several(key: str, label: Any, choices: Any, lookup: str) -> Filter:
    return Filter(
        key=key,
        field=lambda: forms.MultipleChoiceField(label=label, choices=choices, widget=forms.CheckboxSelectMultiple),
        apply=lambda rows, values: rows.filter(**{lookup: values}),
    )


def _yes(label: Any) -> forms.Field:
    return forms.ChoiceField(label=label, choices=[("", _("Any")), ("yes", _("Yes"))])


def _day(label: Any) -> forms.Field:
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))


def _unknown(rows: Any, _value: str) -> Any:
    return rows.filter(outcome_unknown=True)


def _since(rows: Any, day: Any) -> Any:
    return rows.filter(created_at__gte=start_of_day(day))


def _until(rows: Any, day: Any) -> Any:
    return rows.filter(created_at__lt=start_of_day(day + timedelta(days=1)))


def _moment(name: str) -> Callable[[Any], str]:
    return lambda row: getattr(row, name).isoformat(timespec="seconds") if getattr(row, name) else ""


def _money(row: Any) -> str:
    return money_text(row.amount, row.currency)


def _amount(row: Any) -> str:
    return plain(row.amount, row.currency)


def _status(row: Any) -> str:
    if row.outcome_unknown:
        return badge(_("Outcome unknown"), "bad")
    return badge(row.get_status_display(), _TONES.get(row.status, "warn" if row.status in LIVE else ""))


def _dispute_status(row: Any) -> str:
    label = row.get_status_display()
    return badge(f"{label} · {_('inquiry')}" if row.is_inquiry else label, _DISPUTE_TONES.get(row.status, ""))


def _due(row: Any) -> str:
    if row.evidence_due is None or not row.is_open:
        return ""
    text = when(row.evidence_due)
    return badge(text, "bad") if row.evidence_due - clock.now() < _PRESSING else text


def _order_number(row: Any) -> str:
    order = row.order or (row.payment.order if row.payment else None)
    return order.number if order is not None else ""


def _resolution(row: Any) -> str:
    return badge(row.resolution, "good") if row.resolved_at else badge(_("Open"), "warn")
