"""Of a worker's process: as the tests, with a way to pay, and mail in a folder where the test reads it."""

from __future__ import annotations

import os

from tests.settings import *  # noqa: F403

TRADEPOST_EVENTS = {"DISPATCHER": {"BACKEND": "tradepost.core.events.dispatchers.CeleryDispatcher"}}
TRADEPOST_PAYMENTS = {
    "GATEWAYS": {
        "cod": {"BACKEND": "tradepost.gateways.manual.CashOnDelivery", "CONFIRM_ON": "placement"},
    }
}
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = os.environ.get("TRADEPOST_TEST_MAIL", "")
