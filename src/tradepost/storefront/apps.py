from __future__ import annotations

from tradepost.core.extending.app_config import TradepostConfig


class StorefrontConfig(TradepostConfig):
    default = True
    name = library = "tradepost.storefront"
    label = "tradepost_storefront"
    verbose_name = "Storefront"
    needs = ("tradepost.checkout",)
