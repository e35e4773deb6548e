"""A project that differs where a library likes to assume: currencies, languages and the user model.

``makemigrations --check`` under these settings must find nothing to write into our packages.
"""

from __future__ import annotations

from tests.settings import *  # noqa: F403
from tests.settings import INSTALLED_APPS

INSTALLED_APPS = ["tests.projects.odd.users", *INSTALLED_APPS]
AUTH_USER_MODEL = "odd_users.Member"
CURRENCIES = ("KWD", "JPY")
DEFAULT_CURRENCY = "KWD"
LANGUAGE_CODE = "eo"
LANGUAGES = [("eo", "Esperanto"), ("mi", "Māori")]
TRADEPOST_ACCOUNTS = {"USERS": "tests.projects.odd.users.store.Members"}
SILENCED_SYSTEM_CHECKS = ["tradepost.W154"]  # members can't be deactivated
