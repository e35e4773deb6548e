"""How many unpaid orders one visitor may have, since each holds stock.

An address is not a person: many guests stand behind one, and anybody may type anybody's e-mail address. So a customer is
counted by their own orders only, a guest by their session, and an address only far above what a household or an office places.
"""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from tradepost.basket.base import AbstractBasket
from tradepost.basket.models import Basket
from tradepost.core.dates import clock
from tradepost.core.requests.client_address import is_of_one_client
from tradepost.core.requests.visitor_key import visitor_key
from tradepost.orders.models import Order
from tradepost.orders.querysets import OrderQuerySet

from .. import conf
from ..buyer import with_buyer
from ..errors import TooManyPending

__all__ = ["lock_with_others", "refuse_too_many", "visitor_of"]

_PERIOD = timedelta(hours=1)  # in which an address is counted


def visitor_of(basket: AbstractBasket) -> str:
    """The key of the guest whose basket it is: their session's, else the basket's own; empty for a customer's."""
    if basket.customer_id is not None:
        return ""
    return basket.visitor_key or visitor_key(str(basket.uuid))


def lock_with_others(basket: AbstractBasket) -> AbstractBasket:
    """Lock a basket with the other open ones of its visitor, so that two of them can't be counted at the same time."""
    rows = with_buyer(Basket.objects.all())
    others = Basket.objects.none()
    if basket.customer_id is not None:
        others = rows.filter(customer=basket.customer_id)
    elif basket.visitor_key:
        others = rows.filter(visitor_key=basket.visitor_key, customer=None)
    locked = next((row for row in others.open().locked() if row.pk == basket.pk), None)
    return locked or rows.filter(pk=basket.pk).locked().get()


def refuse_too_many(basket: AbstractBasket, address: str | None) -> None:
    """Refuse another order of who has too many that aren't paid.

    Args:
        basket: Locked by :func:`lock_with_others`.
        address: The client's.

    Raises:
        TooManyPending: They must pay or cancel first.
    """
    settings = conf.settings()
    unpaid = Order.objects.that("awaits_payment").filter(amount_secured=0, expires_at__gt=clock.now())
    if basket.customer_id is not None:
        _refuse(unpaid.filter(customer_id=basket.customer_id).count(), settings.MAX_PENDING_ORDERS)
        return
    own, of_address = _count_of_guest(unpaid, visitor_of(basket), address)
    _refuse(own, settings.MAX_PENDING_ORDERS)
    if settings.MAX_PENDING_ORDERS_OF_ADDRESS:
        _refuse(of_address, settings.MAX_PENDING_ORDERS_OF_ADDRESS)


def _count_of_guest(unpaid: OrderQuerySet[Order], visitor: str, address: str | None) -> tuple[int, int]:
    mine = Q(visitor_key=visitor)
    of_address = Q(client_ip=address, placed_at__gt=clock.now() - _PERIOD)
    if address is None or not is_of_one_client(address):
        of_address = Q(pk=None)
    counts = unpaid.filter(mine | of_address, customer=None).aggregate(
        mine=Count("pk", filter=mine), of_address=Count("pk", filter=of_address)
    )
    return counts["mine"], counts["of_address"]


def _refuse(number: int, most: int) -> None:
    if number >= most:
        raise TooManyPending(_("Please pay or cancel your open orders first."), most=most)
