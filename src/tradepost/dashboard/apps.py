from __future__ import annotations

from django.utils.module_loading import autodiscover_modules

from tradepost.core.extending.app_config import TradepostConfig


class DashboardConfig(TradepostConfig):
    default = True
    name = library = "tradepost.dashboard"
    label = "tradepost_dashboard"
    verbose_name = "Dashboard"
    needs = ("tradepost.checkout", "django.contrib.sessions", "django.contrib.messages", "django.contrib.staticfiles")

    def ready(self) -> None:
        """Our pages first, then what other apps add in a module called ``dashboard``."""
        super().ready()
        from .registry import dashboard

        if not len(dashboard.sections):  # a test that changes INSTALLED_APPS makes the apps ready again
            from . import contents

            contents.register()
        autodiscover_modules("dashboard")
