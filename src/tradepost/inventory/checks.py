"""System checks of the inventory."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, register

from tradepost.core.conf import check_settings

from .conf import InventorySettings

__all__ = ["check_inventory"]


@register("tradepost")
def check_inventory(**kwargs: Any) -> list[CheckMessage]:
    """``TRADEPOST_INVENTORY``."""
    return check_settings("TRADEPOST_INVENTORY", InventorySettings, "tradepost.E250")
