"""Settings of shipping: ``TRADEPOST_SHIPPING``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Annotated, Any, cast

from tradepost.core.conf import Backend, instance, load, settings_class
from tradepost.core.extending.port_checks import Port
from tradepost.core.inputs.bounds import MayBeZero

from .errors import CarrierUnavailable
from .ports import Carrier, Packer, ShippingRates

__all__ = ["ShippingSettings", "carrier", "packer", "settings"]


@settings_class("TRADEPOST_SHIPPING")
@dataclass(frozen=True, slots=True, kw_only=True)
class ShippingSettings:
    """``TRADEPOST_SHIPPING``.

    Attributes:
        RATES: What all methods cost (:class:`tradepost.shipping.ports.ShippingRates`).
        PACKER: How goods are packed into parcels (:class:`tradepost.shipping.ports.Packer`).
        CARRIERS: Carriers by alias (:class:`tradepost.shipping.ports.Carrier`), each with ``BACKEND`` and ``OPTIONS``.
        RATES_KEPT: How long a carrier's answer counts without asking again.
        RATES_GRACE: How much longer it counts where nobody can be asked: while an order is placed, or the carrier is down.
        WORKING_DAYS: Days of the week on which parcels are sent and delivered; Monday is 0.
        HOLIDAYS: Days on which they aren't: ``"2026-12-24"``, or ``"12-25"`` of each year.
        CUT_OFF_HOUR: From this hour on (by the project's time zone, 0 to 24) an order is sent on the next working day.
    """

    RATES: Annotated[Backend, Port(ShippingRates)] = Backend("tradepost.shipping.backends.ModelRates")
    PACKER: Annotated[Backend, Port(Packer)] = Backend("tradepost.shipping.packers.OneParcel")
    CARRIERS: Annotated[Mapping[str, Any], Port(Carrier)] = field(default_factory=dict)
    RATES_KEPT: Annotated[timedelta, MayBeZero()] = timedelta(minutes=30)
    RATES_GRACE: Annotated[timedelta, MayBeZero()] = timedelta(hours=2)
    WORKING_DAYS: Sequence[int] = (0, 1, 2, 3, 4)
    HOLIDAYS: Sequence[str] = ()
    CUT_OFF_HOUR: Annotated[int, MayBeZero()] = 12


def settings() -> ShippingSettings:
    """``TRADEPOST_SHIPPING``."""
    return load("TRADEPOST_SHIPPING", ShippingSettings)


def packer() -> Packer:
    """The configured packer."""
    return cast("Packer", instance(settings().PACKER))


def carrier(alias: str) -> Carrier:
    """A carrier, made once in a process.

    Raises:
        CarrierUnavailable: The setting has no such alias.
    """
    entry = settings().CARRIERS.get(alias)
    if entry is None:
        raise CarrierUnavailable(f"There is no carrier “{alias}” in the settings.", carrier=alias)
    return cast("Carrier", instance(Backend.read(entry)))
