"""``TRADEPOST_FULFILMENT``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from tradepost.core.conf import load, settings_class
from tradepost.core.inputs.bounds import MayBeZero

__all__ = ["FulfilmentSettings", "settings"]


@settings_class("TRADEPOST_FULFILMENT")
@dataclass(frozen=True, slots=True, kw_only=True)
class FulfilmentSettings:
    """``TRADEPOST_FULFILMENT``.

    Attributes:
        COMPLETE_AFTER: So long after its last shipment left, an order that is paid completes by itself.
    """

    COMPLETE_AFTER: Annotated[timedelta, MayBeZero()] = timedelta(days=14)


def settings() -> FulfilmentSettings:
    """``TRADEPOST_FULFILMENT``."""
    return load("TRADEPOST_FULFILMENT", FulfilmentSettings)
