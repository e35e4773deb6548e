from __future__ import annotations

from tradepost.core.extending.app_config import TradepostConfig


class CatalogueConfig(TradepostConfig):
    default = True
    name = library = "tradepost.catalogue"
    label = "tradepost_catalogue"
    verbose_name = "Catalogue"
    needs = ("tradepost.core",)
