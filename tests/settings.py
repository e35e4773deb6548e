"""Settings of the test project: the stock apps, nothing replaced.

What a lane needs comes from the environment: ``DATABASE_URL``, ``REDIS_URL`` and ``CELERY_BROKER_URL`` switch the
real parts on; ``PYTEST_DB_SUFFIX`` keeps the test databases of several runs on one server apart.
"""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path

import tradepost
from tests.databases import database

ROOT = Path(__file__).resolve().parent.parent
SUFFIX = os.environ.get("PYTEST_DB_SUFFIX", "")

DEBUG = False
SECRET_KEY = "only-for-tests-and-long-enough-to-sign-tokens"
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    *tradepost.installed_apps(),
    *(["tradepost.graphql"] if find_spec("strawberry") else []),  # of an extra; its tests fail where that is missing
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "tests.urls"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

DATABASES = {"default": database(os.environ.get("DATABASE_URL", ""), root=ROOT, suffix=SUFFIX)}
if name := os.environ.get("TRADEPOST_TEST_DATABASE"):  # a worker process joins the test database of its parent
    DATABASES["default"]["NAME"] = name
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = os.environ.get("REDIS_URL", "")
if REDIS_URL:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}
else:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

CELERY_BROKER_URL = os.environ.get("CELERY_BROKER_URL", "")
CELERY_TASK_DEFAULT_QUEUE = f"tradepost-tests-{SUFFIX}"

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
DEFAULT_FROM_EMAIL = "shop@example.com"

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True

STATIC_URL = "/static/"
MEDIA_URL = "/media/"
MEDIA_ROOT = ROOT / ".test-media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}

SPECTACULAR_SETTINGS = {"TITLE": "Tradepost", "VERSION": "1"}
