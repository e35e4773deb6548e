"""The odd project's own users."""

from __future__ import annotations

from django.apps import AppConfig


class UsersConfig(AppConfig):
    """A label and a key type of its own."""

    name = "tests.projects.odd.users"
    label = "odd_users"
    default_auto_field = "django.db.models.BigAutoField"
