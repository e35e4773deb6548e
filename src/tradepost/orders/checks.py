"""System checks of orders."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, register

from tradepost.core.conf import check_settings

from .conf import OrderSettings

__all__ = ["check_orders"]


@register("tradepost")
def check_orders(**kwargs: Any) -> list[CheckMessage]:
    """``TRADEPOST_ORDERS``."""
    return check_settings("TRADEPOST_ORDERS", OrderSettings, "tradepost.E500")
