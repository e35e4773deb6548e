"""All actions on an order, as far as their apps are installed."""

from __future__ import annotations

from collections.abc import Iterator

from django.apps import apps

from ...registry import Action
from .state import state_actions

__all__ = ["order_actions"]


def order_actions() -> Iterator[Action]:
    """All of the installed apps, the most wanted first."""
    if "tradepost_fulfilment" in apps.app_configs:
        from .goods import goods_actions

        yield from goods_actions()
    yield from state_actions()
    if "tradepost_payments" in apps.app_configs:
        from .payments import payment_actions

        yield from payment_actions()
