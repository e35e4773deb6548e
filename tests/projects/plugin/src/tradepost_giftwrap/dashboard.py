"""In the dashboard: a column of orders, a button on an order that has gifts to wrap, and a page. Found by its name."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q

from tradepost.core.access import needs
from tradepost.core.actors import By
from tradepost.core.dates import clock
from tradepost.dashboard.forms import ActForm
from tradepost.dashboard.pages import Page
from tradepost.dashboard.registry import Action, Column, dashboard

from .models import GiftWrap


def with_wraps(orders: Any) -> Any:
    return orders.annotate(wraps=Count("lines__gift_wrap", filter=Q(lines__gift_wrap__done_at=None), distinct=True))


class WrappedForm(ActForm):
    title = "Mark gifts as wrapped"

    def act(self, by: By) -> None:
        GiftWrap.objects.filter(line__order=self.row, done_at=None).update(done_at=clock.now())


class GiftsPage(Page):
    key = "gifts"
    section = "orders"
    title = "Gifts to wrap"
    pattern = "gifts/"
    access = needs("tradepost_giftwrap.view_giftwrap")
    template_name = "tradepost_giftwrap/gifts.html"

    def get_context(self, **facts: Any) -> dict[str, Any]:
        wraps = GiftWrap.objects.filter(done_at=None).select_related("line__order").order_by("pk")
        return super().get_context(wraps=wraps[:100], **facts)


column = Column(key="wraps", title="To wrap", value=lambda order: order.wraps, prepare=with_wraps, is_number=True)
action = Action(
    key="wrapped",
    form=WrappedForm,
    access=needs("tradepost_giftwrap.change_giftwrap"),
    is_shown=lambda order: any("gift_wrap" in line.options for line in order.lines.all()),
)
dashboard.columns("orders").add(column, after="customer")
dashboard.actions("order").add(action)
dashboard.pages.add(GiftsPage)
