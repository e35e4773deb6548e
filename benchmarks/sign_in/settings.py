"""A shop behind one proxy, whose passwords are hashed as in production; every limit holds."""

from __future__ import annotations

from benchmarks.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
TRADEPOST_SHOP = {"TRUSTED_PROXIES": 1}
TRADEPOST_LIMITS: dict[str, str] = {}
