"""System checks of accounts."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, register

from tradepost.core.conf import check_settings

from .conf import AccountSettings

__all__ = ["check_accounts"]


@register("tradepost")
def check_accounts(**kwargs: Any) -> list[CheckMessage]:
    """``TRADEPOST_ACCOUNTS``."""
    return check_settings("TRADEPOST_ACCOUNTS", AccountSettings, "tradepost.E150")
