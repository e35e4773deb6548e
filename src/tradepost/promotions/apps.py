from __future__ import annotations

from tradepost.core.extending.app_config import TradepostConfig


class PromotionsConfig(TradepostConfig):
    default = True
    name = library = "tradepost.promotions"
    label = "tradepost_promotions"
    verbose_name = "Promotions"
    needs = ("tradepost.catalogue", "tradepost.customers", "tradepost.pricing")
