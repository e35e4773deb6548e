from __future__ import annotations

from tradepost.core.extending.app_config import TradepostConfig


class FulfilmentConfig(TradepostConfig):
    default = True
    name = library = "tradepost.fulfilment"
    label = "tradepost_fulfilment"
    verbose_name = "Fulfilment"
    needs = ("tradepost.orders",)
