"""Settings of shipping: ``TRADEPOST_SHIPPING``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, cast

from tradepost.core.conf import Backend, instance, load, settings_class
from tradepost.core.fitting import Port

from .ports import Packer, ShippingRates

__all__ = ["ShippingSettings", "packer", "settings"]


@settings_class("TRADEPOST_SHIPPING")
@dataclass(frozen=True, slots=True, kw_only=True)
class ShippingSettings:
    """``TRADEPOST_SHIPPING``.

    Attributes:
        RATES: What all methods cost (:class:`tradepost.shipping.ports.ShippingRates`).
        PACKER: How goods are packed into parcels (:class:`tradepost.shipping.ports.Packer`).
    """

    RATES: Annotated[Backend, Port(ShippingRates)] = Backend("tradepost.shipping.backends.ModelRates")
    PACKER: Annotated[Backend, Port(Packer)] = Backend("tradepost.shipping.packers.OneParcel")


def settings() -> ShippingSettings:
    """``TRADEPOST_SHIPPING``."""
    return load("TRADEPOST_SHIPPING", ShippingSettings)


def packer() -> Packer:
    """The configured packer."""
    return cast("Packer", instance(settings().PACKER))
