"""A shop behind an app or a front end of its own: the API, and neither pages nor admin nor commands."""

from __future__ import annotations

import tradepost
from tests.settings import *  # noqa: F403

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    *tradepost.installed_apps(without=["tradepost.storefront", "tradepost.dashboard", "tradepost.console"]),
]
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
]
ROOT_URLCONF = "tests.projects.headless.urls"
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}]
TRADEPOST_PAYMENTS = {
    "GATEWAYS": {"card": {"BACKEND": "tradepost.gateways.dummy.DummyGateway", "OPTIONS": {"allow": True}}}
}
TRADEPOST_ACCOUNTS = {"LINK": "https://app.example.com/account/{page}?token={token}"}
