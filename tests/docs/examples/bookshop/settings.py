from __future__ import annotations

import os

import tradepost

SECRET_KEY = "only-for-the-example"
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    *tradepost.installed_apps(
        replace={"tradepost.catalogue": "bookshop.catalogue"},
        without=["tradepost.api", "tradepost.storefront", "tradepost.dashboard"],
    ),
]
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": os.environ["BOOKSHOP_DATABASE"],
        "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 20},
    }
}
USE_TZ = True
