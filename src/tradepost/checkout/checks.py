"""System checks of the checkout."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, register

from tradepost.core.conf import check_settings
from tradepost.core.extending.ordered_settings import check_order

from . import conf

__all__ = ["check_checkout"]


@register("tradepost")
def check_checkout(**kwargs: Any) -> list[CheckMessage]:
    """``TRADEPOST_CHECKOUT`` and each of its steps."""
    wrong = check_settings("TRADEPOST_CHECKOUT", conf.CheckoutSettings, "tradepost.E701")
    return wrong or check_order(
        'TRADEPOST_CHECKOUT["STEPS"]', conf.settings().STEPS, conf.CheckoutSettings().STEPS, "tradepost.E702"
    )
