"""The configured rates."""

from __future__ import annotations

from typing import cast

from tradepost.core.conf import instance

from ..conf import settings
from ..ports import ShippingRates

__all__ = ["rates"]


def rates() -> ShippingRates:
    """The configured rates."""
    return cast("ShippingRates", instance(settings().RATES))
