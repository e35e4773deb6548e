"""Progress of an order's goods and money, as its customer reads it: parcels and tracking, payments and their outcome."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tradepost.core.templatetags.tradepost import money
from tradepost.orders.base import AbstractOrder
from tradepost.orders.row_models import AbstractOrderLine

if TYPE_CHECKING:
    from tradepost.payments.base import AbstractPayment

__all__ = ["Parcel", "PaymentRow", "parcels_of", "payment_rows"]

_PARCELS = {
    "pending": gettext_lazy("Being packed"),
    "shipped": gettext_lazy("On its way"),
    "delivered": gettext_lazy("Delivered"),
}
_CALLED_OFF = "cancelled"  # any other state, a project's own too, is a parcel's that is or was on its way
_PAYMENTS = {
    "pending": gettext_lazy("Waiting for the bank"),
    "requires_action": gettext_lazy("Not paid yet"),
    "authorised": gettext_lazy("Reserved on your account"),
    "captured": gettext_lazy("Paid"),
    "partly_refunded": gettext_lazy("Partly refunded"),
    "refunded": gettext_lazy("Refunded"),
    "charged_back": gettext_lazy("Charged back"),
}


@dataclass(frozen=True, slots=True)
class Parcel:
    """A shipment.

    Attributes:
        goods: Units and names.
        tracking_url: A web page of the carrier; empty for none.
        at: When it became what ``status`` says.
    """

    status: str
    at: datetime | None
    carrier: str
    tracking_number: str
    tracking_url: str
    goods: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class PaymentRow:
    """A payment; ``method`` is what the shop calls it."""

    method: str
    amount: str
    status: str


def parcels_of(order: AbstractOrder) -> list[Parcel]:
    """Parcels of an order, those that won't leave left out; one query, none without the app."""
    if "tradepost_fulfilment" not in apps.app_configs:
        return []
    from tradepost.fulfilment.selectors import shipments_of

    return [_parcel(shipment) for shipment in shipments_of(order) if str(shipment.status) != _CALLED_OFF]


def _parcel(row: Any) -> Parcel:
    is_web_page = row.tracking_url.startswith(("https://", "http://"))
    return Parcel(
        status=str(_PARCELS.get(str(row.status)) or row.get_status_display()),
        at=row.delivered_at or row.shipped_at,
        carrier=row.carrier,
        tracking_number=row.tracking_number,
        tracking_url=row.tracking_url if is_web_page else "",
        goods=tuple((entry.quantity, _name(entry.line)) for entry in row.lines.all()),
    )


def _name(line: AbstractOrderLine) -> str:
    return f"{line.name} {line.variant_name}".strip()


def payment_rows(payments: Sequence[AbstractPayment]) -> list[PaymentRow]:
    """Payments that money came by, or may still; what failed or was called off is no news any more."""
    from tradepost.payments import conf

    labels = {alias: str(method.LABEL) for alias, method in conf.methods().items()}
    shown = [payment for payment in payments if payment.status in _PAYMENTS]
    return [
        PaymentRow(
            method=labels.get(payment.method) or payment.method.replace("-", " ").replace("_", " ").capitalize(),
            amount=money(payment.amount, payment.currency),
            status=_status(payment),
        )
        for payment in shown
    ]


def _status(payment: AbstractPayment) -> str:
    if payment.outcome_unknown:
        return _("Awaiting confirmation")
    if payment.status == payment.Status.PENDING and payment.confirm_on == payment.ConfirmOn.PLACEMENT:
        return str(_PAYMENTS["requires_action"])  # on delivery or by invoice: no bank is asked
    return str(_PAYMENTS[payment.status])
