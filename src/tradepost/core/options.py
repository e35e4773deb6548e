"""Settings of the core itself: ``TRADEPOST_EVENTS`` and ``TRADEPOST_SHOP``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from .conf import Backend, load, settings_class
from .fitting import Port
from .ports import Dispatcher

__all__ = ["EventSettings", "ShopSettings", "shop"]


@settings_class("TRADEPOST_EVENTS")
@dataclass(frozen=True, slots=True, kw_only=True)
class EventSettings:
    """``TRADEPOST_EVENTS``.

    Attributes:
        DISPATCHER: How durable events leave the outbox (:class:`tradepost.core.ports.Dispatcher`).
        TRIES: After so many failures a delivery is dead, and staff see it.
        LEASE: Seconds after which a claimed delivery that nobody finished is due again.
    """

    DISPATCHER: Annotated[Backend, Port(Dispatcher)] = Backend("tradepost.core.dispatchers.InProcess")
    TRIES: int = 8
    LEASE: int = 60


@settings_class("TRADEPOST_SHOP")
@dataclass(frozen=True, slots=True, kw_only=True)
class ShopSettings:
    """``TRADEPOST_SHOP``.

    Attributes:
        NAME: What customers call the shop; in pages and mail.
        URL: Where it is reached, without a slash at the end; for links in mail and return addresses of payments.
        EMAIL_FROM: Sender of mail; Django's ``DEFAULT_FROM_EMAIL`` where it is empty.
    """

    NAME: str = "Tradepost"
    URL: str = "http://127.0.0.1:8000"
    EMAIL_FROM: str = ""


def shop() -> ShopSettings:
    """``TRADEPOST_SHOP``."""
    return load("TRADEPOST_SHOP", ShopSettings)
