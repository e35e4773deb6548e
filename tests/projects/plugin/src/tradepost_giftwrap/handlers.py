"""Confirmed orders get their wraps in the same transaction; the packers' mail follows after it."""

from __future__ import annotations

from django.core.mail import send_mail

from tradepost.core.events import publish, subscribe
from tradepost.orders.events import OrderConfirmed
from tradepost.orders.models import OrderLine

from .events import GiftsToWrap
from .models import GiftWrap

OPTION = "gift_wrap"


def write_wraps(event: OrderConfirmed) -> None:
    lines = [line for line in OrderLine.objects.filter(order_id=event.order_id) if OPTION in line.options]
    GiftWrap.objects.bulk_create(
        (GiftWrap(line_id=line.pk, card=line.options[OPTION]) for line in lines), ignore_conflicts=True
    )
    if lines:
        publish(GiftsToWrap(order_id=event.order_id))


def mail_packers(event: GiftsToWrap) -> None:
    wraps = GiftWrap.objects.filter(line__order_id=event.order_id).select_related("line").order_by("pk")
    text = "\n".join(f"{wrap.line.quantity} × {wrap.line.name}: {wrap.card}" for wrap in wraps)
    send_mail("Gifts to wrap", text, None, ["packers@example.com"])


def connect() -> None:
    subscribe(OrderConfirmed, write_wraps, when="within")
    subscribe(GiftsToWrap, mail_packers)
