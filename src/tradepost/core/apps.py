from __future__ import annotations

from django.utils.module_loading import autodiscover_modules

from .extending.app_config import TradepostConfig


class CoreConfig(TradepostConfig):
    default = True
    name = library = "tradepost.core"
    label = "tradepost_core"
    verbose_name = "Tradepost"
    needs = ("django.contrib.auth", "django.contrib.contenttypes", "polymorphic", "treebeard")

    def ready(self) -> None:
        super().ready()
        autodiscover_modules("exposed")
