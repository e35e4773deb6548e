from __future__ import annotations

from .appconfig import TradepostConfig


class CoreConfig(TradepostConfig):
    default = True
    name = library = "tradepost.core"
    label = "tradepost_core"
    verbose_name = "Tradepost"
