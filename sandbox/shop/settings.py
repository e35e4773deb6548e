"""Settings of the demonstration shop.

It runs on SQLite with nothing else installed. ``DATABASE_URL``, ``REDIS_URL`` and ``CELERY_BROKER_URL`` switch the real parts
on; ``STRIPE_SECRET_KEY``, ``STRIPE_PUBLISHABLE_KEY`` and ``STRIPE_WEBHOOK_SECRET`` add cards by Stripe. ``SANDBOX_FAKES=1``
(``run.py --fakes``) adds every gateway, each talking to a fake of its provider, and ``/try-gateways/``.
"""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import tradepost

from .databases import database

ROOT = Path(__file__).resolve().parent.parent
VAR = Path(os.environ.get("SANDBOX_VAR", ROOT / "var"))
VAR.mkdir(parents=True, exist_ok=True)

DEBUG = os.environ.get("DEBUG", "1") == "1"
# The demonstration needs no secret on your own machine; anywhere else (DEBUG=0) it must be given one.
SECRET_KEY = "a-demonstration-on-this-machine-needs-no-secret" if DEBUG else os.environ["SECRET_KEY"]
MAILBOX = DEBUG  # whoever reads it can sign in as anybody: on your own machine only
FAKES = DEBUG and os.environ.get("SANDBOX_FAKES") == "1"  # of payment providers; on your own machine only
ALLOWED_HOSTS = os.environ.get("ALLOWED_HOSTS", "127.0.0.1,localhost,[::1]").split(",")

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    *tradepost.installed_apps(),
    "tradepost.graphql",
    "drf_spectacular_sidecar",  # the assets of the page at /api/v1/docs/
]

# Other addresses whose pages may call the API, by comma; it needs django-tradepost[cors].
CORS_ALLOWED_ORIGINS = [origin for origin in os.environ.get("CORS_ALLOWED_ORIGINS", "").split(",") if origin]
CSRF_TRUSTED_ORIGINS = CORS_ALLOWED_ORIGINS

if MAILBOX:
    INSTALLED_APPS.insert(0, "outgoing_mail")

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

if CORS_ALLOWED_ORIGINS:
    INSTALLED_APPS.append("corsheaders")
    MIDDLEWARE.insert(0, "corsheaders.middleware.CorsMiddleware")
    CORS_URLS_REGEX, CORS_ALLOW_CREDENTIALS = r"^/(api|graphql)/", True
    CORS_ALLOW_HEADERS = (
        "accept",
        "authorization",
        "content-type",
        "idempotency-key",
        "if-match",
        "if-none-match",
        "tradepost-token",
        "x-csrftoken",
    )
    CORS_EXPOSE_HEADERS = (
        "Deprecation",
        "ETag",
        "Idempotency-Replayed",
        "Link",
        "Location",
        "Retry-After",
        "Sunset",
        "Unknown-Parameters",
    )

ROOT_URLCONF = "shop.urls"
WSGI_APPLICATION = "shop.wsgi.application"

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

DATABASES = {"default": database(os.environ.get("DATABASE_URL", ""), VAR / "shop.sqlite3")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = os.environ.get("REDIS_URL", "")
if REDIS_URL:
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": REDIS_URL,
            "OPTIONS": {
                "socket_connect_timeout": 1,
                "socket_timeout": 1,
            },  # a Redis that is gone slows, and stops nothing
        }
    }

CELERY_BROKER_URL = os.environ.get("CELERY_BROKER_URL", "")

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English")]  # in which customers can be written to; of several they choose one
TIME_ZONE = "Europe/Berlin"
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
WHITENOISE_USE_FINDERS = True  # nothing has to be collected
MEDIA_URL = "/media/"
MEDIA_ROOT = VAR / "media"

EMAIL_BACKEND = "outgoing_mail.backend.FolderBackend"  # mail to customers is in var/mail, and at /mailbox/
EMAIL_FILE_PATH = VAR / "mail"
DEFAULT_FROM_EMAIL = "Harbour & Hearth <shop@harbour.example>"

SESSION_ENGINE = "tradepost.core.requests.session_store"
AUTHENTICATION_BACKENDS = ["tradepost.core.requests.user_backend.ModelBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
LOGIN_URL = "tradepost:sign_in"
LOGIN_REDIRECT_URL = "tradepost:account"
LOGOUT_REDIRECT_URL = "tradepost:home"

# --- The shop ---------------------------------------------------------------------------------------------------------

TRADEPOST_SHOP = {
    "NAME": "Harbour & Hearth",
    "URL": os.environ.get("SHOP_URL", "http://127.0.0.1:8000"),
    "COUNTRY": "DE",
}
TRADEPOST_CUSTOMERS = {
    "CONSENTS": {
        "newsletter": {
            "LABEL": "Newsletter",
            "TEXT": "Yes, e-mail me news and offers of Harbour & Hearth. I can unsubscribe at any time.",
            "VERSION": "2026-11",
            "ASKED_AT": ("registration", "checkout"),
        },
        "reviews": {
            "LABEL": "Reviews",
            "TEXT": "Ask me by e-mail how I like what I’ve bought, two weeks after it has arrived.",
        },
    },
}
TRADEPOST_PRICING = {
    "CURRENCY": "EUR",
    "CURRENCIES": ("EUR", "USD", "JPY"),
    "CURRENCY_OF_COUNTRY": {"US": "USD", "JP": "JPY"},
    "PRICES_INCLUDE_TAX": True,
    # As in demo/shop.toml; with a network, "tradepost.pricing.exchange.sources.EuropeanCentralBank" knows them.
    "RATES": {
        "BACKEND": "tradepost.pricing.exchange.sources.FixedRates",
        "OPTIONS": {"rates": {"USD": "0.8650", "JPY": "0.0058"}},
    },
}
TRADEPOST_BASKET = {
    "PAYMENT_FEES": {
        "cash": {"name": "Cash on delivery", "amount": "3.00", "currency": "EUR", "tax_class": "standard"},
    },
}
TRADEPOST_STOREFRONT = {"COUNTRY": "DE"}
TRADEPOST_API = {"CACHE": "default"}
TRADEPOST_SHIPPING = {
    "PACKER": {"BACKEND": "tradepost.shipping.packers.ByWeight", "OPTIONS": {"max_grams": 20_000}},
    "CARRIERS": {"coast": {"BACKEND": "shop.courier.CoastCourier", "OPTIONS": {"rounds": (1, 3)}}},
    "HOLIDAYS": ["01-01", "05-01", "10-03", "12-25", "12-26"],
}

if CELERY_BROKER_URL:
    TRADEPOST_EVENTS = {"DISPATCHER": "tradepost.core.events.dispatchers.CeleryDispatcher"}

_GATEWAYS: dict[str, dict[str, Any]] = {
    "card": {
        "BACKEND": "tradepost.gateways.dummy.DummyGateway",
        "OPTIONS": {"scenario": "requires_redirect", "path": str(VAR / "dummy-provider.sqlite3")},
        "LABEL": "Card (demonstration)",
        "DESCRIPTION": "Takes no money. The next page lets you pay, decline or ask for a code.",
        "EXPIRES_AFTER": timedelta(minutes=60),
        "SAVES": True,
    },
    "transfer": {
        "BACKEND": "tradepost.gateways.manual.BankTransfer",
        "OPTIONS": {
            "account_holder": "Harbour & Hearth",
            "iban": "DE89 3704 0044 0532 0130 00",
            "bank": "Example Bank",
        },
        "LABEL": "Bank transfer",
        "DESCRIPTION": "We send your parcel when the money has arrived.",
        "EXPIRES_AFTER": timedelta(days=7),
    },
    "cash": {
        "BACKEND": "tradepost.gateways.manual.CashOnDelivery",
        "OPTIONS": {"currencies": ("EUR",)},
        "LABEL": "Cash on delivery",
        "DESCRIPTION": "Pay at your door.",
        "CONFIRM_ON": "placement",
        "CAPTURE": "by_hand",
    },
}
if os.environ.get("STRIPE_SECRET_KEY"):
    _GATEWAYS["stripe"] = {
        "BACKEND": "tradepost.gateways.stripe.StripeGateway",
        "OPTIONS": {
            "secret_key": os.environ["STRIPE_SECRET_KEY"],
            "publishable_key": os.environ.get("STRIPE_PUBLISHABLE_KEY", ""),
            "webhook_secrets": tuple(filter(None, [os.environ.get("STRIPE_WEBHOOK_SECRET", "")])),
        },
        "LABEL": "Card (Stripe)",
    }
if FAKES:
    from provider_fakes import fakes

    _GATEWAYS |= fakes.methods(TRADEPOST_SHOP["URL"])
    INSTALLED_APPS.insert(0, "provider_fakes")
TRADEPOST_PAYMENTS = {"GATEWAYS": _GATEWAYS}
TRADEPOST_ACCOUNTS = {
    "ROLES": {"people": ("auth.view_user", "auth.add_user", "auth.change_user", "auth.view_group")},
}
SPECTACULAR_SETTINGS = {"TITLE": "Harbour & Hearth", "VERSION": "1"}
