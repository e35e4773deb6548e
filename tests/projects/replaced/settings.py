"""The suite of stock behaviour runs under these settings, too."""

from __future__ import annotations

import tradepost
from tests.settings import *  # noqa: F403

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    *tradepost.installed_apps(
        replace={
            "tradepost.catalogue": "tests.projects.replaced.catalogue",
            "tradepost.orders": "tests.projects.replaced.orders",
        }
    ),
]
