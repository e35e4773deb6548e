"""How many unpaid orders one visitor may have, since each holds stock.

An address is not a person: many guests stand behind one, and anybody may type anybody's e-mail address. So a customer is
counted by their own orders only, a guest by their session, and an address only far above what a household or an office places.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import CharField, Count, DateTimeField, GenericIPAddressField, Q
from django.utils.translation import gettext_lazy as _

from tradepost.basket.base import AbstractBasket
from tradepost.basket.models import Basket
from tradepost.core import db
from tradepost.core.dates import clock
from tradepost.core.db.aggregates import counts
from tradepost.core.requests.client_address import is_of_one_client
from tradepost.core.requests.visitor_key import visitor_key
from tradepost.customers.models import Customer
from tradepost.orders.drafts import BY_STAFF
from tradepost.orders.models import Order
from tradepost.orders.querysets import OrderQuerySet

from .. import conf
from ..buyer import with_buyer
from ..errors import TooManyPending

__all__ = ["lock_with_others", "refuse_too_many", "visitor_of"]

_PERIOD = timedelta(hours=1)  # in which an address is counted


def visitor_of(basket: AbstractBasket) -> str:
    """The key of the guest whose basket it is: their session's, else the basket's own; empty for a customer's and a draft."""
    if basket.customer_id is not None or basket.is_draft:
        return ""
    return basket.visitor_key or visitor_key(str(basket.uuid))


def lock_with_others(basket: AbstractBasket) -> AbstractBasket:
    """Lock a basket with the other open ones of its visitor, so that two of them can't be counted at the same time."""
    others: list[Basket] = []
    if basket.is_draft:
        pass  # nobody is counted by it
    elif basket.customer_id is not None:
        others = _OF_CUSTOMER(customer=basket.customer_id)
    elif basket.visitor_key:
        others = _OF_VISITOR(visitor=basket.visitor_key)
    locked = next((row for row in others if row.pk == basket.pk), None)
    return locked or _ALONE.get(basket=basket.pk)


def refuse_too_many(basket: AbstractBasket, address: str | None, *, but: int | None = None) -> None:
    """Refuse another order of who has too many that aren't paid. Those of staff aren't counted.

    Args:
        basket: Locked by :func:`lock_with_others`.
        address: The client's.
        but: Primary key of an order that isn't counted, for it is the one that may be refused.

    Raises:
        TooManyPending: They must pay or cancel first.
    """
    settings, now = conf.settings(), clock.now()
    if basket.customer_id is not None:
        ((number,),) = _UNPAID_OF_CUSTOMER(customer=basket.customer_id, but=but, now=now)
        _refuse(number, settings.MAX_PENDING_ORDERS)
        return
    seen = address if address is not None and is_of_one_client(address) else None
    since = now - _PERIOD if seen else None
    ((own, of_address),) = _UNPAID_OF_GUEST(visitor=visitor_of(basket), address=seen, but=but, now=now, since=since)
    _refuse(own, settings.MAX_PENDING_ORDERS)
    if settings.MAX_PENDING_ORDERS_OF_ADDRESS:
        _refuse(of_address, settings.MAX_PENDING_ORDERS_OF_ADDRESS)


def _unpaid(p: Any) -> OrderQuerySet[Order]:
    rows = Order.objects.that("awaits_payment").filter(amount_secured=0, expires_at__gt=p.now).exclude(source=BY_STAFF)
    return rows.exclude(pk=p.but) if p.but else rows


def _unpaid_of_guest(p: Any) -> Any:
    mine, of_address = Q(visitor_key=p.visitor), Q(pk=None)
    if p.address:
        of_address = Q(client_ip=p.address, placed_at__gt=p.since)
    rows = _unpaid(p).filter(mine | of_address, customer=None)
    return counts(rows, Count("pk", filter=mine), Count("pk", filter=of_address))


_OF_CUSTOMER = db.Prepared(
    lambda p: with_buyer(Basket.objects.filter(customer=p.customer)).open().locked(), customer=db.key_of(Customer)
)
_OF_VISITOR = db.Prepared(
    lambda p: with_buyer(Basket.objects.filter(visitor_key=p.visitor, customer=None)).open().locked(),
    visitor=CharField(),
)
_ALONE = db.Prepared(lambda p: with_buyer(Basket.objects.filter(pk=p.basket)).locked(), basket=db.key_of(Basket))
_UNPAID_OF_CUSTOMER: db.Prepared[Any] = db.Prepared(
    lambda p: counts(_unpaid(p).filter(customer=p.customer), Count("pk")),
    customer=db.key_of(Customer),
    but=db.key_of(Order),
    now=DateTimeField(),
)
_UNPAID_OF_GUEST: db.Prepared[Any] = db.Prepared(
    _unpaid_of_guest,
    visitor=CharField(),
    address=GenericIPAddressField(),
    but=db.key_of(Order),
    now=DateTimeField(),
    since=DateTimeField(),
)


def _refuse(number: int, most: int) -> None:
    if number >= most:
        raise TooManyPending(_("Please pay or cancel your open orders first."), most=most)
