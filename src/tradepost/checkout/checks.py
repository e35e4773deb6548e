"""System checks of the checkout."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, register

from tradepost.core.conf import check_settings

from . import conf

__all__ = ["check_checkout"]


@register("tradepost")
def check_checkout(**kwargs: Any) -> list[CheckMessage]:
    """``TRADEPOST_CHECKOUT`` and each of its steps."""
    return check_settings("TRADEPOST_CHECKOUT", conf.CheckoutSettings, "tradepost.E701")
