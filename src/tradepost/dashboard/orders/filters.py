"""Filters and views of the list of orders."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from django import forms
from django.apps import apps
from django.utils.translation import gettext_lazy as _

from tradepost.core.dates.days import start_of_day
from tradepost.core.inputs.form_fields import CapitalsField, NumberField
from tradepost.orders.models import Order
from tradepost.orders.states import FulfilmentStatus, PaymentStatus
from tradepost.orders.states.display_status import Stage, stage_choices

from ..registry import Filter, View

__all__ = ["TO_PACK", "TO_SEND", "filters", "views"]

TO_PACK, TO_SEND = "pack", "send"
_YES_NO = [("", _("Any")), ("yes", _("Yes")), ("no", _("No"))]


def views() -> Iterator[View]:
    """The tabs."""
    yield View(key="all", title=_("All"))
    if _ships():
        yield View(key="to-pack", is_counted=True, title=_("To pack"), query={"work": TO_PACK})
        yield View(key="to-send", is_counted=True, title=_("Ready to send"), query={"work": TO_SEND})
    yield View(key="unpaid", is_counted=True, title=_("Unpaid"), query={"stage": ["awaiting_payment"]})
    yield View(
        key="sent", title=_("Sent"), query={"fulfilment": [FulfilmentStatus.SHIPPED, FulfilmentStatus.DELIVERED]}
    )
    yield View(key="hold", is_counted=True, title=_("On hold"), query={"hold": "yes"})
    yield View(key="refund", is_counted=True, title=_("Refund due"), query={"payment": [PaymentStatus.OVERPAID]})
    yield View(
        key="disputed", is_counted=True, title=_("Charged back"), query={"payment": [PaymentStatus.CHARGED_BACK]}
    )


def filters() -> Iterator[Filter]:
    """All of them."""
    if _ships():
        work = [("", _("Any")), (TO_PACK, _("To pack")), (TO_SEND, _("Ready to send"))]
        yield Filter(key="work", field=lambda: _choice(_("Work"), work), apply=_at_work)
    yield Filter(key="stage", field=lambda: _several(_("Status"), stage_choices(Order)), apply=_at_stage)
    yield Filter(
        key="payment",
        field=lambda: _several(_("Payment"), PaymentStatus.choices),
        apply=lambda rows, values: rows.filter(payment_status__in=values),
    )
    yield Filter(
        key="fulfilment",
        field=lambda: _several(_("Delivery"), FulfilmentStatus.choices),
        apply=lambda rows, values: rows.filter(fulfilment_status__in=values),
    )
    yield Filter(key="hold", field=lambda: _choice(_("On hold"), _YES_NO), apply=_held)
    yield from _by_time_and_money()
    yield from _by_people_and_place()


def _by_time_and_money() -> Iterator[Filter]:
    yield Filter(
        key="since",
        field=lambda: _day(_("Placed on or after")),
        apply=lambda rows, day: rows.filter(placed_at__gte=start_of_day(day)),
    )
    yield Filter(
        key="until",
        field=lambda: _day(_("Placed on or before")),
        apply=lambda rows, day: rows.filter(placed_at__lt=start_of_day(day + timedelta(days=1))),
    )
    yield Filter(
        key="least",
        field=lambda: NumberField(label=_("Total from"), min_value=0, decimal_places=4),
        apply=lambda rows, amount: rows.filter(total__gte=amount),
    )
    yield Filter(
        key="most",
        field=lambda: NumberField(label=_("Total up to"), min_value=0, decimal_places=4),
        apply=lambda rows, amount: rows.filter(total__lte=amount),
    )
    yield Filter(
        key="currency",
        field=lambda: CapitalsField(label=_("Currency"), max_length=3),
        apply=lambda rows, code: rows.filter(currency=code),
    )


def _by_people_and_place() -> Iterator[Filter]:
    yield Filter(
        key="email",
        field=lambda: forms.CharField(label=_("E-mail"), max_length=254),
        apply=lambda rows, text: rows.filter(email__iexact=text),
    )
    yield Filter(
        key="customer",
        field=lambda: forms.UUIDField(label=_("Customer’s id")),
        apply=lambda rows, uuid: rows.filter(customer__uuid=uuid),
    )
    yield Filter(
        key="sku",
        field=lambda: forms.CharField(label=_("Contains SKU"), max_length=255),
        apply=lambda rows, sku: rows.filter(pk__in=_with_sku(sku)),
    )
    for key, label, field in (
        ("country", _("Country code"), "tax_country"),
        ("channel", _("Channel"), "channel"),
        ("source", _("From"), "source"),
    ):
        yield Filter(key=key, field=_text(label), apply=_equals(field))


def _ships() -> bool:
    return "tradepost_fulfilment" in apps.app_configs


def _choice(label: Any, choices: Any) -> forms.Field:
    return forms.ChoiceField(label=label, choices=choices)


def _several(label: Any, choices: Any) -> forms.Field:
    return forms.MultipleChoiceField(label=label, choices=choices, widget=forms.CheckboxSelectMultiple)


def _day(label: Any) -> forms.Field:
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))


def _text(label: Any) -> Callable[[], forms.Field]:
    return lambda: forms.CharField(label=label, max_length=50)


def _equals(field: str) -> Callable[[Any, str], Any]:
    return lambda rows, text: rows.filter(**{f"{field}__iexact": text})


def _at_stage(rows: Any, stages: list[str]) -> Any:
    if stages == [Stage.AWAITING_PAYMENT]:
        rows = rows.that("awaits_payment")  # by an index, among the few that are open
    return rows.at_stage(*stages)


def _held(rows: Any, value: str) -> Any:
    return rows.exclude(hold="") if value == "yes" else rows.filter(hold="")


def _with_sku(sku: str) -> Any:
    lines: Any = Order._meta.get_field("lines").related_model
    return lines._default_manager.filter(sku=sku).values("order")


def _at_work(rows: Any, work: str) -> Any:
    from tradepost.fulfilment.selectors import orders_to_pack, orders_to_send

    waiting = orders_to_pack() if work == TO_PACK else orders_to_send()
    return rows.filter(pk__in=waiting.order_by().values("pk"))
