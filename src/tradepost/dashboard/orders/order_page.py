"""The page of one order."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db.models import Prefetch
from django.utils.translation import gettext_lazy as _

from tradepost.core.extending.exposed_fields import with_exposed
from tradepost.orders.models import Order, OrderLine

from ..pages import RecordPage
from .holds import HOLDS
from .order_list import READ, OrderListPage
from .texts import fulfilment_badge, payment_badge, stage_badge
from .timeline import sentence

__all__ = ["OrderPage"]


class OrderPage(RecordPage):
    """Everything about one order, and what can be done with it."""

    key = "order"
    section = "orders"
    title = _("Order")
    pattern = "orders/<str:number>/"
    access = READ
    template_name = "tradepost/dashboard/orders/order.html"

    def get_row(self) -> Any:
        """The order with its rows, its payments and its shipments."""
        lines = Prefetch("lines", with_exposed(OrderLine.objects.prefetch_related("adjustments")))
        orders = with_exposed(Order.objects.select_related("customer", "replaces")).prefetch_related(lines).with_rows()
        if "tradepost_payments" in apps.app_configs:
            orders = orders.prefetch_related("payments__transactions", "payments__disputes", "payments__discrepancies")
        order: Any = orders.filter(number=self.kwargs["number"].replace("\x00", "")).first()
        if order is not None and "tradepost_fulfilment" in apps.app_configs:
            from tradepost.fulfilment.selectors import shipments_of

            order.shown_shipments = shipments_of(order)
        return order

    def changes_since(self, row: Any, version: str) -> list[str]:
        """The latest entries of the history: as many as the order was written since, at most five."""
        behind = row.version - int(version) if version.isascii() and version.isdecimal() and len(version) < 10 else 1
        latest = [*row.events.all()][-max(1, min(behind, 5)) :]
        return [sentence(event, row) for event in latest]

    def get_context(self, **facts: Any) -> dict[str, Any]:
        """With the badges and what is wrong."""
        order = self.row
        return super().get_context(
            order=order,
            badges=[stage_badge(order), payment_badge(order), fulfilment_badge(order)],
            alerts=self._alerts(order),
            hold=dict(HOLDS).get(order.hold, order.hold),
            back=OrderListPage.url(),
            **facts,
        )

    def _alerts(self, order: Any) -> list[tuple[str, Any]]:
        """Disputes and payments that don't fit, as far as the reader may see payments."""
        if "tradepost_payments" not in apps.app_configs or not self.request.user.has_perm(
            "tradepost_payments.view_payment"
        ):
            return []
        rows = order.payments.all()
        disputes = [("dispute", entry) for row in rows for entry in row.disputes.all() if entry.is_open]
        open_ones = [
            ("discrepancy", entry) for row in rows for entry in row.discrepancies.all() if entry.resolved_at is None
        ]
        return [*disputes, *open_ones]
