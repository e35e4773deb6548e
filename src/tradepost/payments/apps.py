from __future__ import annotations

from tradepost.core.extending.app_config import TradepostConfig


class PaymentsConfig(TradepostConfig):
    default = True
    name = library = "tradepost.payments"
    label = "tradepost_payments"
    verbose_name = "Payments"
    needs = ("tradepost.orders",)
