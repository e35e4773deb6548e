"""Reactions of the storefront to a visitor's sign-in."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest

from tradepost.basket import services as baskets

from . import session

__all__ = ["merge_baskets"]


@receiver(user_logged_in, dispatch_uid="tradepost.storefront.merge_baskets")
def merge_baskets(sender: Any, request: HttpRequest | None, user: Any, **kwargs: Any) -> None:
    """The guest's basket goes into the customer's own; a sign-in never fails over it."""
    if request is None or not hasattr(request, "session"):
        return
    uuid = session.guest_basket_uuid(request)
    if uuid is None:
        return
    if (basket := baskets.join(uuid, user)) is not None:
        session.tell_left_out(request, basket)
    session.forget_basket(request)
