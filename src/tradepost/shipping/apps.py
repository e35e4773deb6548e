from __future__ import annotations

from tradepost.core.extending.app_config import TradepostConfig


class ShippingConfig(TradepostConfig):
    default = True
    name = library = "tradepost.shipping"
    label = "tradepost_shipping"
    verbose_name = "Shipping"
    needs = ("tradepost.catalogue", "tradepost.pricing")
