"""The kind of stock: it changes where a variant is sold out or comes back, and not with every unit that is sold."""

from __future__ import annotations

from tradepost.core.versions import watch

from .models import Location, StockLevel

__all__: list[str] = []

watch("inventory.stock", Location)
watch("inventory.stock", StockLevel, partly=True)
