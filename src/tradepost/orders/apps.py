from __future__ import annotations

from tradepost.core.extending.app_config import TradepostConfig


class OrdersConfig(TradepostConfig):
    default = True
    name = library = "tradepost.orders"
    label = "tradepost_orders"
    verbose_name = "Orders"
    needs = ("tradepost.catalogue", "tradepost.customers", "tradepost.inventory", "tradepost.promotions")
