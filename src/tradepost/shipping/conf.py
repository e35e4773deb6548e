"""Settings of shipping: ``TRADEPOST_SHIPPING``."""

from __future__ import annotations

from dataclasses import dataclass

from tradepost.core.conf import Backend, load

__all__ = ["ShippingSettings", "settings"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShippingSettings:
    """``TRADEPOST_SHIPPING``.

    Attributes:
        RATES: What all methods cost (:class:`tradepost.shipping.ports.ShippingRates`).
    """

    RATES: Backend = Backend("tradepost.shipping.backends.ModelRates")


def settings() -> ShippingSettings:
    """``TRADEPOST_SHIPPING``."""
    return load("TRADEPOST_SHIPPING", ShippingSettings)
