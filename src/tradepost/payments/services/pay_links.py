"""Links by which a customer pays an order later: one that staff made, or one that was never paid.

A token names the order and until when it is good, and is signed with the project's secret key; nothing is stored. It dies with
the order's other links (when its access token is revoked) and with the time. It lets its follower pay, and see what that needs;
the order's own link, which shows its buyer and can take it back, is another.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.core import signing
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext_lazy as _

from tradepost.core import db, events
from tradepost.core.actors import By
from tradepost.core.dates import clock
from tradepost.core.errors import NotFound
from tradepost.core.shop_settings import shop
from tradepost.orders import services as orders
from tradepost.orders.base import AbstractOrder
from tradepost.orders.models import Order

from .. import conf
from ..errors import LinkExpired, NothingToPay
from ..events import PaymentRequested

__all__ = ["PayLink", "open_link", "pay_link", "request_payment"]

_SALT = "tradepost.payments.services.pay_links"
_BOUND = 16  # characters of the order's stored hash that bind a link to it


@dataclass(frozen=True, slots=True)
class PayLink:
    """A link, for who is to pay.

    Attributes:
        url: Of the storefront's page.
        token: The same for an own front end, which hands it to the API.
        expires_at: Until when it is good.
    """

    url: str
    token: str
    expires_at: datetime


def pay_link(order: AbstractOrder, *, expires_at: datetime) -> PayLink:
    """The link to pay an order until a moment; the same for the same moment, so that a mail can be written again."""
    moment = expires_at.replace(microsecond=0)
    value = f"{order.uuid.hex}.{int(moment.timestamp())}.{order.access_token_hash[:_BOUND]}"
    token = signing.Signer(salt=_SALT, sep=".").sign(value)
    place = conf.settings().PAY_LINK_URL.replace("{token}", token)
    return PayLink(place if "://" in place else f"{shop().URL}{place}", token, moment)


def open_link(token: str) -> AbstractOrder:
    """The order of a link.

    Raises:
        NotFound: It is none of ours, or was revoked.
        LinkExpired: Its time is over; ``context["order"]`` is the order's number.
    """
    try:
        uuid, moment, bound = signing.Signer(salt=_SALT, sep=".").unsign(token).split(".")
        order = Order.objects.filter(uuid=UUID(uuid)).first()
        expires_at = datetime.fromtimestamp(int(moment), UTC)
    except (signing.BadSignature, ValueError, OverflowError):
        order = None
    if order is None or not constant_time_compare(order.access_token_hash[:_BOUND], bound) or not bound:
        raise NotFound(_("There is no such link."))
    if expires_at <= clock.now():
        raise LinkExpired(_("This link has expired. Please ask the shop for a new one."), order=order.number)
    return order


@db.atomic
def request_payment(
    order: AbstractOrder, *, by: By, expires_after: timedelta | None = None, mail: bool = True
) -> PayLink:
    """Ask a customer to pay an order by a link, which keeps the order open as long as it is good.

    Args:
        order: Pending, with something to pay.
        by: For the history.
        expires_after: ``TRADEPOST_PAYMENTS["PAY_LINK_EXPIRES_AFTER"]`` if ``None``.
        mail: Write it to the order's address as well.

    Raises:
        NothingToPay: The order isn't pending, nothing is left to pay, or its links were revoked.

    Side effects: the order's time to pay is prolonged; ``PaymentRequested``, whose handler writes the mail.
    """
    row = Order.objects.filter(pk=order.pk).locked().get()
    if not row.allows.awaits_payment or row.due <= row.net_paid or not row.access_token_hash:
        raise NothingToPay(_("There is nothing to pay for this order."), order=row.number, status=str(row.status))
    wait = conf.settings().PAY_LINK_EXPIRES_AFTER if expires_after is None else expires_after
    link = pay_link(row, expires_at=clock.now() + wait)
    orders.prolong(row, link.expires_at)
    orders.note(row, "payment_requested", by=by, facts={"until": link.expires_at.isoformat(), "mail": mail})
    events.publish(PaymentRequested(order_id=row.pk, expires_at=link.expires_at, mail=mail))
    return link
