"""Work that waits: what is counted, and where it is done."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.apps import apps
from django.db.models import Exists, Min, OuterRef
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from tradepost.catalogue.models import Image, Product
from tradepost.core.access import needs
from tradepost.core.dates import clock
from tradepost.core.models import Delivery
from tradepost.inventory.models import StockLevel
from tradepost.orders.models import Order
from tradepost.orders.states import PaymentStatus
from tradepost.pricing.models import Price

from ..registry import Card

__all__ = ["cards", "counted", "page_url"]

_ENOUGH = 100  # rows; more are "99+"
_READ = needs("tradepost_orders.view_order")
_GOODS = needs("tradepost_catalogue.view_product")


def cards() -> Iterator[Card]:
    """The most pressing first."""
    if "tradepost_payments" in apps.app_configs:
        yield from _of_payments()
    if "tradepost_fulfilment" in apps.app_configs:
        yield from _of_goods_to_send()
    yield Card(
        key="hold",
        title=gettext_lazy("On hold"),
        count=lambda: counted(Order.objects.that("is_open").exclude(hold="")),
        url=lambda: page_url("orders", "view=hold"),
        access=_READ,
    )
    yield Card(
        key="low-stock",
        title=gettext_lazy("Low stock"),
        count=lambda: counted(StockLevel.objects.low()),
        url=lambda: _admin("tradepost_inventory_stocklevel_changelist"),
        access=needs("tradepost_inventory.view_stocklevel"),
    )
    yield from _of_products()
    yield Card(
        key="dead-deliveries",
        title=gettext_lazy("Failed deliveries of events"),
        count=lambda: counted(Delivery.objects.filter(state=Delivery.State.DEAD)),
        url=lambda: _admin("tradepost_core_delivery_changelist", "state__exact=dead"),
        access=needs("tradepost_core.view_delivery"),
        is_pressing=True,
    )


def _of_payments() -> Iterator[Card]:
    from tradepost.payments.models import Discrepancy, Dispute, Payment

    waiting = Dispute.objects.filter(status=Dispute.Status.NEEDS_RESPONSE)
    yield Card(
        key="disputes",
        title=gettext_lazy("Disputes to answer"),
        count=lambda: counted(waiting.all()),
        detail=lambda: _days_left(waiting.aggregate(due=Min("evidence_due"))["due"]),
        url=lambda: page_url("disputes", "view=to-answer"),
        access=needs("tradepost_payments.view_dispute"),
        is_pressing=True,
    )
    yield Card(
        key="refunds",
        title=gettext_lazy("To refund"),
        count=lambda: counted(Order.objects.filter(payment_status=PaymentStatus.OVERPAID)),
        url=lambda: page_url("orders", "view=refund"),
        access=_READ,
        is_pressing=True,
    )
    yield Card(
        key="discrepancies",
        title=gettext_lazy("Payments that don’t fit"),
        count=lambda: counted(Discrepancy.objects.filter(resolved_at=None)),
        url=lambda: page_url("discrepancies", "view=open"),
        access=needs("tradepost_payments.view_discrepancy"),
        is_pressing=True,
    )
    yield Card(
        key="unknown",
        title=gettext_lazy("Payments with an unknown outcome"),
        count=lambda: counted(Payment.objects.filter(outcome_unknown=True)),
        url=lambda: page_url("payments", "view=unknown"),
        access=needs("tradepost_payments.view_payment"),
    )


def _of_goods_to_send() -> Iterator[Card]:
    from tradepost.fulfilment.selectors import orders_to_pack, orders_to_send

    yield Card(
        key="to-pack",
        title=gettext_lazy("To pack"),
        count=lambda: counted(orders_to_pack()),
        url=lambda: page_url("orders", "view=to-pack"),
        access=_READ,
    )
    yield Card(
        key="to-send",
        title=gettext_lazy("Ready to send"),
        count=lambda: counted(orders_to_send()),
        url=lambda: page_url("orders", "view=to-send"),
        access=_READ,
    )


def _of_products() -> Iterator[Card]:
    def lacking(rows: Callable[[], Any]) -> Callable[[], int]:
        return lambda: counted(Product.objects.filter(~Exists(rows()), is_published=True, archived_at=None))

    yield Card(
        key="without-price",
        title=gettext_lazy("Products without a price"),
        count=lacking(lambda: Price.objects.filter(variant__product=OuterRef("pk"), variant__archived_at=None)),
        url=lambda: page_url("products", "view=no-price"),
        access=_GOODS,
    )
    yield Card(
        key="without-picture",
        title=gettext_lazy("Products without a picture"),
        count=lacking(lambda: Image.objects.filter(product=OuterRef("pk"))),
        url=lambda: page_url("products", "view=no-picture"),
        access=_GOODS,
    )


def counted(rows: Any) -> int:
    """How many rows there are; a hundred stands for all that are more."""
    return int(rows.order_by("pk")[:_ENOUGH].count())


def page_url(key: str, query: str = "") -> str:
    """A page of the dashboard, with the choices of a list."""
    address = reverse(f"tradepost_dashboard:{key}")
    return f"{address}?{query}" if query else address


def _admin(name: str, query: str = "") -> str:
    """A list of Django's admin, where the project has one: until there is a page here."""
    try:
        address = reverse(f"admin:{name}")
    except NoReverseMatch:
        return ""
    return f"{address}?{query}" if query else address


def _days_left(due: Any) -> str:
    if due is None:
        return ""
    days = (due - clock.now()).days
    if days < 0:
        return _("One is overdue")
    return ngettext("%(days)s day left", "%(days)s days left", days) % {"days": days}
