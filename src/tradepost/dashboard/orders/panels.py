"""Panels of an order's page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.utils.translation import gettext_lazy as _

from tradepost.core.access import needs
from tradepost.core.addresses.countries import country_name
from tradepost.core.extending.exposed_fields import readable
from tradepost.orders.models import OrderLine
from tradepost.orders.reports.explanation import explain
from tradepost.orders.selectors import sums_by_customer
from tradepost.orders.services import money_of
from tradepost.pricing.explanation_table import tree

from ..customers.customer_list import customer_url
from ..pages.base import Page
from ..pages.exposed import exposed_text
from ..registry import Panel
from .order_list import order_url
from .shipment_facts import shipments_of, units_to_pack
from .texts import badge, source_text

__all__ = ["order_panels"]

_USUAL = "web"  # the channel of a shop that has only one


def order_panels() -> Iterator[Panel]:
    """All of the installed apps."""
    yield LinesPanel()
    if "tradepost_fulfilment" in apps.app_configs:
        yield ShipmentsPanel()
    yield TotalsPanel()
    if "tradepost_payments" in apps.app_configs:
        yield PaymentsPanel()
    yield TimelinePanel()
    yield CustomerPanel()
    yield AddressesPanel()
    yield MorePanel()


class _OrderPanel(Panel):
    def get_context(self, page: Page) -> dict[str, Any] | None:
        """The context, for the page's order."""
        return self.of_order(page, page.row)  # type: ignore[attr-defined]

    def of_order(self, page: Page, order: Any) -> dict[str, Any] | None:
        """The context; ``None`` where there is nothing to show."""
        return {}


class LinesPanel(_OrderPanel):
    """Lines, and units that are still to be packed."""

    key = "lines"
    title = _("Items")
    template_name = "tradepost/dashboard/orders/_lines.html"

    def of_order(self, page: Page, order: Any) -> dict[str, Any]:
        """Each line with what is still to be packed, and with exposed fields."""
        to_pack, exposed = units_to_pack(order), readable(OrderLine, page.request.user)
        packs = order.allows.can_ship and "tradepost_fulfilment" in apps.app_configs
        lines = [(line, to_pack[line.pk] if packs else 0, _extras(exposed, line)) for line in order.lines.all()]
        return {"lines": lines}


class ShipmentsPanel(_OrderPanel):
    """Parcels that are packed, on their way, or there."""

    key = "shipments"
    title = _("Shipments")
    template_name = "tradepost/dashboard/orders/_shipments.html"
    access = needs("tradepost_fulfilment.view_shipment")

    def of_order(self, page: Page, order: Any) -> dict[str, Any] | None:
        """Each with what can be done with it."""
        from .actions import goods

        shipments = shipments_of(order)
        if not shipments:
            return None
        forms = {
            "send": goods.SendForm,
            "tracking": goods.TrackingForm,
            "delivered": goods.DeliveredForm,
            "unpack": goods.UnpackForm,
        }
        rows = [
            (row, [key for key, form in forms.items() if form.fits(row)], _shipment_badge(row)) for row in shipments
        ]
        return {"shipments": rows}


def _shipment_badge(shipment: Any) -> str:
    tones = {"pending": "warn", "shipped": "good", "delivered": "good"}
    labels = {
        "pending": _("Packed"),
        "shipped": _("On its way"),
        "delivered": _("Delivered"),
        "cancelled": _("Unpacked"),
    }
    status = str(shipment.status)
    return badge(labels.get(status, status), tones.get(status, ""))


class TotalsPanel(_OrderPanel):
    """Sums, and why."""

    key = "totals"
    title = _("Total")
    template_name = "tradepost/dashboard/orders/_totals.html"

    def of_order(self, page: Page, order: Any) -> dict[str, Any]:
        """Sums, and the explanation of each."""
        return {"money": money_of(order), "why": tree(explain(order))}


class PaymentsPanel(_OrderPanel):
    """How it is paid, and what each button does."""

    key = "payments"
    title = _("Payments")
    template_name = "tradepost/dashboard/orders/_payments.html"
    access = needs("tradepost_payments.view_payment")

    def of_order(self, page: Page, order: Any) -> dict[str, Any]:
        """Each with its sums and what can be done with it."""
        from .actions import payments
        from .payment_facts import payments_of

        forms: dict[str, Any] = {
            "capture": payments.CaptureForm,
            "refund": payments.RefundForm,
            "release-payment": payments.CancelPaymentForm,
            "ask": payments.AskForm,
        }
        rows = [(facts, [key for key, form in forms.items() if form.fits(facts)]) for facts in payments_of(order)]
        return {"payments": rows, "money": money_of(order)}


class TimelinePanel(_OrderPanel):
    """The history, and a box for notes."""

    key = "timeline"
    title = _("Timeline")
    template_name = "tradepost/dashboard/orders/_timeline.html"

    def of_order(self, page: Page, order: Any) -> dict[str, Any]:
        """The latest first, and a form for a note."""
        from .actions.state import NoteForm

        note = NoteForm(row=order, user=page.request.user)
        return {"timeline": page.timeline(order), "note": note}  # type: ignore[attr-defined]


class CustomerPanel(_OrderPanel):
    """Who bought it."""

    key = "customer"
    title = _("Customer")
    template_name = "tradepost/dashboard/orders/_customer.html"
    area = "side"

    def of_order(self, page: Page, order: Any) -> dict[str, Any]:
        """With what they have bought in all; one query."""
        may = page.request.user.has_perm("tradepost_customers.view_customer")
        if not (order.customer_id and may):
            return {"sums": []}
        return {"sums": sums_by_customer(order.customer_id), "customer_url": customer_url(order.customer)}


class AddressesPanel(_OrderPanel):
    """Where it goes, and who is billed."""

    key = "addresses"
    title = _("Addresses")
    template_name = "tradepost/dashboard/orders/_addresses.html"
    area = "side"

    def of_order(self, page: Page, order: Any) -> dict[str, Any]:
        """Both, where they differ."""
        return {"ship_to": order.ship_to, "bill_to": order.bill_to if order.bill_to != order.ship_to else None}


class MorePanel(_OrderPanel):
    """Where it came from, and what a project added."""

    key = "more"
    title = _("More")
    template_name = "tradepost/dashboard/orders/_more.html"
    area = "side"

    def of_order(self, page: Page, order: Any) -> dict[str, Any]:
        """With exposed fields."""
        return {
            "extras": _extras(readable(type(order), page.request.user), order),
            "source": source_text(order),
            "channel": "" if order.channel == _USUAL else order.channel.replace("-", " ").capitalize(),
            "taxed_in": country_name(order.tax_country) if order.tax_country else "",
            "replaces": (order.replaces.number, order_url(order.replaces.number)) if order.replaces_id else None,
        }


def _extras(exposed: Any, row: Any) -> list[tuple[str, Any]]:
    values = ((entry.label, exposed_text(entry, row)) for entry in exposed)
    return [(label, value) for label, value in values if value not in (None, "")]
