"""The kind of promotions, with their conditions, benefits and the collections that these name."""

from __future__ import annotations

from tradepost.catalogue.models import Collection
from tradepost.core.versions import watch

from .models import Benefit, Condition, Promotion

__all__: list[str] = []

watch("promotions", Promotion, counters=("used", "spent"), placing=True)
watch("promotions", Benefit, Condition, Collection, placing=True)
