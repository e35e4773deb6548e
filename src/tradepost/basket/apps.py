from __future__ import annotations

from tradepost.core.extending.app_config import TradepostConfig


class BasketConfig(TradepostConfig):
    default = True
    name = library = "tradepost.basket"
    label = "tradepost_basket"
    verbose_name = "Baskets"
    needs = (
        "tradepost.catalogue",
        "tradepost.customers",
        "tradepost.pricing",
        "tradepost.inventory",
        "tradepost.shipping",
        "tradepost.promotions",
    )
