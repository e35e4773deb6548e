from __future__ import annotations

from tradepost.core.extending.app_config import TradepostConfig


class InventoryConfig(TradepostConfig):
    default = True
    name = library = "tradepost.inventory"
    label = "tradepost_inventory"
    verbose_name = "Inventory"
    needs = ("tradepost.catalogue",)
