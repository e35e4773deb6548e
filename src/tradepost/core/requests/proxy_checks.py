"""Checks before a deployment behind proxies."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Warning

from ..shop_settings import shop

__all__ = ["check_proxies"]

_SIGNS = ("SECURE_PROXY_SSL_HEADER", "USE_X_FORWARDED_HOST", "USE_X_FORWARDED_PORT")


def check_proxies(**kwargs: Any) -> list[CheckMessage]:
    """Check that a shop whose settings mention a proxy says how many there are; run by ``check --deploy``."""
    signs = [name for name in _SIGNS if getattr(settings, name, None)]
    if not signs or shop().TRUSTED_PROXIES:
        return []
    return [
        Warning(
            f'{signs[0]} says that there is a proxy in front, but TRADEPOST_SHOP["TRUSTED_PROXIES"] is 0: all visitors have '
            "the proxy's address, and share their limits.",
            hint='TRADEPOST_SHOP = {"TRUSTED_PROXIES": 1}',
            id="tradepost.W005",
        )
    ]
