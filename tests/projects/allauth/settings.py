"""Pages of django-allauth for registration and sign-in, and ours for everything else; on SQLite, in memory."""

from __future__ import annotations

from pathlib import Path

import tradepost

SECRET_KEY = "only-for-this-project-of-the-tests-which-is-served-nowhere"
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    *tradepost.installed_apps(),
    "allauth",
    "allauth.account",
    "allauth.headless",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.dummy",
    "tests.projects.allauth",
]
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]
ROOT_URLCONF = "tests.projects.allauth.urls"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [Path(__file__).parent / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
STATIC_URL = "/static/"
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
USE_TZ = True
ALLOWED_HOSTS = ["testserver"]

AUTHENTICATION_BACKENDS = [
    "tradepost.core.requests.user_backend.ModelBackend",  # our tokens, and staff in the admin, who have usernames
    "allauth.account.auth_backends.AuthenticationBackend",
]
LOGIN_URL = "tradepost:sign_in"
LOGIN_REDIRECT_URL = "tradepost:account"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"  # an address counts for orders once it is proven

# For apps that sign in by django-allauth's own calls: its session token is believed by our API, too.
TRADEPOST_API = {
    "AUTHENTICATION": (
        "tradepost.api.callers.authentication.BearerAuthentication",
        "tradepost.api.callers.authentication.ApiKeyAuthentication",
        "allauth.headless.contrib.rest_framework.authentication.XSessionTokenAuthentication",
        "tradepost.api.callers.authentication.SessionAuthentication",
    )
}
TRADEPOST_SHOP = {"NAME": "Shop", "URL": "http://testserver"}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_TOLERANCE = 1  # of 30 seconds, for clocks that differ
SOCIALACCOUNT_PROVIDERS = {"dummy": {"APPS": [{"client_id": "tests", "secret": ""}]}}  # asks who one wants to be
