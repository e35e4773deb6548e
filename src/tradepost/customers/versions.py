"""The kinds of customers: what is kept of them is as new as the request that uses it."""

from __future__ import annotations

from tradepost.core.versions import watch

from .models import Tier

__all__: list[str] = []

watch("customers.tiers", Tier)
