"""System checks of shipping."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, register

from tradepost.core.conf import check_settings

from .conf import ShippingSettings

__all__ = ["check_shipping"]


@register("tradepost")
def check_shipping(**kwargs: Any) -> list[CheckMessage]:
    """``TRADEPOST_SHIPPING``."""
    return check_settings("TRADEPOST_SHIPPING", ShippingSettings, "tradepost.E300")
