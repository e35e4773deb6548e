"""The users of the project."""

from __future__ import annotations

from django.apps import AppConfig


class UsersConfig(AppConfig):
    """With a label of its own."""

    name = "tests.projects.email_user.users"
    label = "email_users"
    default_auto_field = "django.db.models.BigAutoField"
