"""Links in mail about accounts."""

from __future__ import annotations

from tradepost.core.shop_settings import shop

from .base import AbstractAccountToken
from .conf import settings

__all__ = ["link"]


def link(purpose: AbstractAccountToken.Purpose, secret: str) -> str:
    """The address of the page on which a token is used."""
    address = settings().LINK.format(page=purpose.value.replace("_", "-"), token=secret)
    return f"{shop().URL}{address}" if address.startswith("/") else address
