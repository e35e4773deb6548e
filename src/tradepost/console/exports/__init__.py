"""Catalogues into files."""

from __future__ import annotations

from .catalogue import Item, items
from .google import write_google
from .shopify import write_shopify
from .tradepost import write_tradepost

__all__ = ["Item", "items", "write_google", "write_shopify", "write_tradepost"]
