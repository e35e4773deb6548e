"""Reactions of the storefront to a visitor's sign-in."""

from __future__ import annotations

import logging
from typing import Any

from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest

from tradepost.basket import services as baskets
from tradepost.core.errors import TradepostError
from tradepost.customers import services as customers

from . import session

__all__ = ["merge_baskets"]

log = logging.getLogger(__name__)


@receiver(user_logged_in, dispatch_uid="tradepost.storefront.merge_baskets")
def merge_baskets(sender: Any, request: HttpRequest | None, user: Any, **kwargs: Any) -> None:
    """The guest's basket goes into the customer's own; a sign-in never fails over it."""
    if request is None or not hasattr(request, "session"):
        return
    uuid = session.guest_basket_uuid(request)
    if uuid is None:
        return
    try:
        session.tell_left_out(request, baskets.sign_in(uuid, customers.customer_for(user)))
    except TradepostError:
        log.exception("The basket %s could not be merged at sign-in.", uuid)
    session.forget_basket(request)
