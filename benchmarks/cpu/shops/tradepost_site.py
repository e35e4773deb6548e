"""The shop of the benchmarks behind a real server: one connection that stays open, set up as a new project is."""

from __future__ import annotations

import os
from typing import Any

from benchmarks.settings import *  # noqa: F403
from benchmarks.settings import DATABASES

DATABASES["default"]["NAME"] = os.environ["SITE_DATABASE"]
DATABASES["default"]["CONN_MAX_AGE"] = None
# As startproject writes it.
DATABASES["default"]["OPTIONS"] = {"options": "-c jit=off", "server_side_binding": True, "prepare_threshold": 2}
TRADEPOST_STOREFRONT: dict[str, Any] = {"COUNTRY": "DE"}
LOGGING_CONFIG = None
