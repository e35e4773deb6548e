"""Settings of shipping: ``TRADEPOST_SHIPPING``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from tradepost.core.conf import Backend, load, settings_class
from tradepost.core.fitting import Port

from .ports import ShippingRates

__all__ = ["ShippingSettings", "settings"]


@settings_class("TRADEPOST_SHIPPING")
@dataclass(frozen=True, slots=True, kw_only=True)
class ShippingSettings:
    """``TRADEPOST_SHIPPING``.

    Attributes:
        RATES: What all methods cost (:class:`tradepost.shipping.ports.ShippingRates`).
    """

    RATES: Annotated[Backend, Port(ShippingRates)] = Backend("tradepost.shipping.backends.ModelRates")


def settings() -> ShippingSettings:
    """``TRADEPOST_SHIPPING``."""
    return load("TRADEPOST_SHIPPING", ShippingSettings)
