"""Links to an order for who has no account: a token that only its recipient and we can know.

It is derived from the order's UUID and the project's secret key, so that a mail can be written again; the order stores its
hash only. A wrong token, a blank hash (which revokes all links) and a missing order are told apart by nobody.
"""

from __future__ import annotations

import hashlib
from uuid import UUID

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext_lazy as _

from .base import AbstractOrder
from .errors import OrderNotFound
from .models import Order

__all__ = ["access_token", "by_token", "derive", "hashed"]


def derive(uuid: UUID, *, secret: str | bytes = "") -> str:
    """The token (256 bits, in hexadecimal) of the order with that UUID, by the present secret key or another."""
    return salted_hmac("tradepost.orders.access", uuid.bytes, secret=secret or None, algorithm="sha256").hexdigest()


def hashed(token: str) -> str:
    """The hash of a token, which is what is stored."""
    return hashlib.sha256(token.encode()).hexdigest()


def access_token(order: AbstractOrder) -> str:
    """The token of an order's links, also after the secret key has moved to ``SECRET_KEY_FALLBACKS``; empty if revoked."""
    for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        token = derive(order.uuid, secret=secret)
        if constant_time_compare(hashed(token), order.access_token_hash):
            return token
    return ""


def by_token(number: str, token: str) -> AbstractOrder:
    """The order of that number, for who has its token.

    Raises:
        OrderNotFound: The token is wrong, or there is no such order.
    """
    order = Order.objects.filter(number=number).first()
    stored = order.access_token_hash if order else ""
    if not (constant_time_compare(hashed(token), stored) and order):
        raise OrderNotFound(_("There is no such order."))
    return order
