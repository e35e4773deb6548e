"""The shop of the benchmarks behind a real server: one connection that stays open, as a shop runs."""

from __future__ import annotations

import os
from typing import Any

from benchmarks.settings import *  # noqa: F403
from benchmarks.settings import DATABASES

DATABASES["default"]["NAME"] = os.environ["SITE_DATABASE"]
DATABASES["default"]["CONN_MAX_AGE"] = None
DATABASES["default"]["OPTIONS"] = {"options": "-c jit=off"}
if os.environ.get("SITE_BINDING") == "server":
    DATABASES["default"]["OPTIONS"] |= {"server_side_binding": True}
TRADEPOST_STOREFRONT: dict[str, Any] = {"COUNTRY": "DE"}
LOGGING_CONFIG = None
