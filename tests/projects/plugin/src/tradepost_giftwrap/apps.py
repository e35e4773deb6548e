from __future__ import annotations

from django.apps import AppConfig


class GiftWrapConfig(AppConfig):
    """Beside the library's apps; it replaces none."""

    name = "tradepost_giftwrap"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from . import handlers

        handlers.connect()
