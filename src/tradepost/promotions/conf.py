"""``TRADEPOST_PROMOTIONS``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from tradepost.core.conf import Backend, instance, load, settings_class
from tradepost.core.extending.port_checks import Port

from .ports import Choice, OrderHistory

__all__ = ["PromotionSettings", "choice", "order_history", "settings"]


@settings_class("TRADEPOST_PROMOTIONS")
@dataclass(frozen=True, slots=True, kw_only=True)
class PromotionSettings:
    """``TRADEPOST_PROMOTIONS``.

    Attributes:
        CHOICE: Which promotion of a lane applies (:class:`tradepost.promotions.ports.Choice`).
        ORDER_HISTORY: Who has ordered before (:class:`tradepost.promotions.ports.OrderHistory`).
    """

    CHOICE: Annotated[Backend, Port(Choice)] = Backend("tradepost.promotions.lane_choices.BestForCustomer")
    ORDER_HISTORY: Annotated[Backend, Port(OrderHistory)] = Backend("tradepost.orders.order_history.EarlierOrders")


def settings() -> PromotionSettings:
    """``TRADEPOST_PROMOTIONS``."""
    return load("TRADEPOST_PROMOTIONS", PromotionSettings)


def choice() -> Choice:
    """The project's way to choose."""
    backend: Choice = instance(settings().CHOICE)
    return backend


def order_history() -> OrderHistory:
    """The project's source of earlier orders."""
    backend: OrderHistory = instance(settings().ORDER_HISTORY)
    return backend
