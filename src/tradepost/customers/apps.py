from __future__ import annotations

from tradepost.core.extending.app_config import TradepostConfig


class CustomersConfig(TradepostConfig):
    default = True
    name = library = "tradepost.customers"
    label = "tradepost_customers"
    verbose_name = "Customers"
    needs = ("tradepost.core",)
