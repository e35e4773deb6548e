"""A plugin for wine shops."""

from __future__ import annotations

from django.apps import AppConfig


class WineConfig(AppConfig):
    name = "tests.projects.sidecars.wine"
    label = "wine"
