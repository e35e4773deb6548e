from __future__ import annotations

from tradepost.core.extending.app_config import TradepostConfig


class ApiConfig(TradepostConfig):
    default = True
    name = library = "tradepost.api"
    label = "tradepost_api"
    verbose_name = "API"
    needs = ("tradepost.checkout", "rest_framework", "django_filters", "drf_spectacular")
