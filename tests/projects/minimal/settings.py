"""A shop that takes orders and sends invoices: every optional app is left out, Django's admin and sessions as well."""

from __future__ import annotations

import tradepost
from tests.settings import *  # noqa: F403

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    *tradepost.installed_apps(without=sorted(tradepost.OPTIONAL_APPS)),
]
MIDDLEWARE: list[str] = []
ROOT_URLCONF = "tests.projects.minimal.urls"
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}]
