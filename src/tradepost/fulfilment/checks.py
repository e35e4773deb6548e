"""System checks of fulfilment."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, register

from tradepost.core.conf import check_settings

from .conf import FulfilmentSettings

__all__ = ["check_fulfilment"]


@register("tradepost")
def check_fulfilment(**kwargs: Any) -> list[CheckMessage]:
    """``TRADEPOST_FULFILMENT``."""
    return check_settings("TRADEPOST_FULFILMENT", FulfilmentSettings, "tradepost.E550")
