"""System checks of promotions."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, register

from tradepost.core.conf import check_settings

from .conf import PromotionSettings

__all__ = ["check_promotions"]


@register("tradepost")
def check_promotions(**kwargs: Any) -> list[CheckMessage]:
    """``TRADEPOST_PROMOTIONS``."""
    return check_settings("TRADEPOST_PROMOTIONS", PromotionSettings, "tradepost.E350")
