from __future__ import annotations

from tradepost.core.extending.app_config import TradepostConfig


class ConsoleConfig(TradepostConfig):
    default = True
    name = library = "tradepost.console"
    label = "tradepost_console"
    verbose_name = "Console"
    needs = ("tradepost.core",)
