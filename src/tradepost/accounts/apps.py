from __future__ import annotations

from tradepost.core.extending.app_config import TradepostConfig


class AccountsConfig(TradepostConfig):
    default = True
    name = library = "tradepost.accounts"
    label = "tradepost_accounts"
    verbose_name = "Accounts"
    needs = ("tradepost.customers",)
