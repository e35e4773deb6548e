from __future__ import annotations

from tradepost.core.extending.app_config import TradepostConfig


class CheckoutConfig(TradepostConfig):
    default = True
    name = library = "tradepost.checkout"
    label = "tradepost_checkout"
    verbose_name = "Checkout"
    needs = ("tradepost.basket", "tradepost.orders")
