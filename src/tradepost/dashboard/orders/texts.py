"""An order's states and amounts as people read them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tradepost.core.money.format import money_text
from tradepost.orders.base import AbstractOrder
from tradepost.orders.states import FulfilmentStatus, PaymentStatus
from tradepost.orders.states.display_status import Stage, stage_label

__all__ = ["badge", "buyer_name", "fulfilment_badge", "payment_badge", "source_text", "stage_badge", "when"]

_STAGES: Mapping[str, str] = {
    Stage.AWAITING_PAYMENT: "warn",
    Stage.ON_HOLD: "warn",
    Stage.REFUND_DUE: "bad",
    Stage.CONFIRMED: "good",
    Stage.PAID: "good",
    Stage.PROCESSING: "good",
}
_PAYMENTS: Mapping[str, str] = {
    PaymentStatus.PAID: "good",
    PaymentStatus.AUTHORISED: "good",
    PaymentStatus.UNPAID: "warn",
    PaymentStatus.PENDING: "warn",
    PaymentStatus.PARTLY_PAID: "warn",
    PaymentStatus.OVERPAID: "bad",
    PaymentStatus.CHARGED_BACK: "bad",
}
_GOODS: Mapping[str, str] = {
    FulfilmentStatus.UNFULFILLED: "warn",
    FulfilmentStatus.PARTLY_SHIPPED: "warn",
    FulfilmentStatus.SHIPPED: "good",
    FulfilmentStatus.DELIVERED: "good",
}


_SOURCES: Mapping[str, Any] = {
    "storefront": gettext_lazy("In the shop"),
    "basket": gettext_lazy("In the shop"),
    "api": gettext_lazy("Through the API"),
    "graphql": gettext_lazy("Through the API"),
    "staff": gettext_lazy("Taken by staff"),
    "import": gettext_lazy("Imported"),
}


def source_text(order: AbstractOrder) -> str:
    """Where an order came from, in words; what a project says by its own code."""
    return str(_SOURCES.get(order.source) or order.source.replace("-", " ").replace("_", " ").capitalize())


def badge(text: Any, tone: str = "") -> str:
    """A short word in its colour; the word says it all."""
    return format_html('<span class="badge {}">{}</span>', tone, text)


def stage_badge(order: AbstractOrder) -> str:
    """Where the order stands; no query where it was fetched with its open units."""
    return badge(stage_label(order), _STAGES.get(order.stage, ""))


def payment_badge(order: AbstractOrder) -> str:
    """Of its money."""
    return badge(PaymentStatus(order.payment_status).label, _PAYMENTS.get(order.payment_status, ""))


def fulfilment_badge(order: AbstractOrder) -> str:
    """Of its goods; nothing for what nobody has to send any more."""
    if order.allows.is_called_off:
        return ""
    return badge(FulfilmentStatus(order.fulfilment_status).label, _GOODS.get(order.fulfilment_status, ""))


def buyer_name(order: AbstractOrder) -> str:
    """Whom people mean: the company, the name of the addresses, else the e-mail address."""
    addresses = (order.billing_address, order.shipping_address)
    names = [str(address.get("name", "")) for address in addresses if isinstance(address, dict)]
    return next(filter(None, [order.company, *names, order.email]), _("No name"))


def when(moment: Any) -> str:
    """A day and a time, in the shop's zone."""
    return date_format(localtime(moment), "SHORT_DATETIME_FORMAT") if moment else ""


def total_text(order: AbstractOrder) -> str:
    """With its currency."""
    return money_text(order.total, order.currency)
