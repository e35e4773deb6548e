"""``TRADEPOST_ORDERS``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from tradepost.core.conf import Backend, instance, load, settings_class
from tradepost.core.extending.port_checks import Port

from .ports import Numbers

__all__ = ["OrderSettings", "numbers", "settings"]


@settings_class("TRADEPOST_ORDERS")
@dataclass(frozen=True, slots=True, kw_only=True)
class OrderSettings:
    """``TRADEPOST_ORDERS``.

    Attributes:
        NUMBERS: What gives orders their numbers (:class:`tradepost.orders.ports.Numbers`).
    """

    NUMBERS: Annotated[Backend, Port(Numbers)] = Backend("tradepost.orders.numbers.Sequential")


def settings() -> OrderSettings:
    """``TRADEPOST_ORDERS``."""
    return load("TRADEPOST_ORDERS", OrderSettings)


def numbers() -> Numbers:
    """The source of this project's order numbers."""
    backend: Numbers = instance(settings().NUMBERS)
    return backend
