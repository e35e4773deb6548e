from __future__ import annotations

from django.apps import apps
from django.core.checks import register
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
        if apps.is_installed("django.contrib.admin"):
            from django.contrib import admin

            from .admin.sign_in import limit_sign_in
            from .admin.sign_in_checks import check_sign_in

            limit_sign_in(admin.site)
            register(check_sign_in, "tradepost")
