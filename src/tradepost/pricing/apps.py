from __future__ import annotations

from tradepost.core.extending.app_config import TradepostConfig


class PricingConfig(TradepostConfig):
    default = True
    name = library = "tradepost.pricing"
    label = "tradepost_pricing"
    verbose_name = "Prices and taxes"
    needs = ("tradepost.catalogue", "tradepost.customers")
