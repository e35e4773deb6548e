"""The project's own app."""

from __future__ import annotations

from django.apps import AppConfig


class ShopConfig(AppConfig):
    name = "tests.projects.allauth"
    label = "shop"

    def ready(self) -> None:
        from . import handlers  # noqa: F401
