"""The test project as a shop that takes orders from everywhere at once: nothing is throttled, no mail is sent."""

from __future__ import annotations

from typing import Any

from tests.settings import *  # noqa: F403

EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
TRADEPOST_PAYMENTS = {
    "GATEWAYS": {
        "transfer": {
            "BACKEND": "tradepost.gateways.manual.BankTransfer",
            "OPTIONS": {"account_holder": "Tradepost", "iban": "DE02120300000000202051"},
        },
        "cod": {"BACKEND": "tradepost.gateways.manual.CashOnDelivery", "CONFIRM_ON": "placement"},
    }
}
# All buyers of a benchmark come from one address.
TRADEPOST_CHECKOUT = {"MAX_PENDING_ORDERS": 1_000_000}
TRADEPOST_LIMITS = {"GUESS": None, "COMPLETE": None}
TRADEPOST_API: dict[str, Any] = {"THROTTLE": {}, "CACHE": "default"}
TRADEPOST_STOREFRONT = {"COUNTRY": "DE", "PAGE_SIZE": 100}
SESSION_ENGINE = "tradepost.core.requests.session_store"
AUTHENTICATION_BACKENDS = ["tradepost.core.requests.user_backend.ModelBackend"]
