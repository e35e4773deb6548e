"""System checks of the core: settings, database options. Those of replaced apps are in :mod:`.replace_checks`,
those of declared fields in :mod:`.exposed_checks`, those of overridden files in :mod:`.folder_checks`, those of
proxies in :mod:`.proxy_checks`, those of the cache that counts in :mod:`.counter_checks`, those of states and transitions in
:mod:`.fsm_checks`."""

from __future__ import annotations

import difflib
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Warning, register

import tradepost

from .addresses.rule_checks import check_address_rules
from .conf import check_settings, declared
from .extending.exposed_field_checks import check_exposed
from .extending.folder_checks import check_hidden_files
from .extending.replacement_checks import check_replaced_apps
from .fsm.checks import check_states
from .requests.counter_checks import check_counters
from .requests.proxy_checks import check_proxies
from .requests.rate_limit_checks import check_limits
from .shop_settings import EventSettings, ShopSettings

__all__ = ["check_core", "check_databases", "check_names"]

register(check_replaced_apps, "tradepost")
register(check_address_rules, "tradepost")
register(check_exposed, "tradepost")
register(check_hidden_files, "tradepost")
register(check_states, "tradepost")
register(check_limits, "tradepost")
register(check_proxies, "tradepost", deploy=True)
register(check_counters, "tradepost", deploy=True)


@register("tradepost")
def check_core(**kwargs: Any) -> list[CheckMessage]:
    """``TRADEPOST_EVENTS`` and ``TRADEPOST_SHOP``."""
    return [
        *check_settings("TRADEPOST_EVENTS", EventSettings, "tradepost.E001"),
        *check_settings("TRADEPOST_SHOP", ShopSettings, "tradepost.E002"),
    ]


@register("tradepost")
def check_names(**kwargs: Any) -> list[CheckMessage]:
    """A dict of settings that is nearly called like one of ours is read by nobody."""
    apps_own = {f"TRADEPOST_{name.rpartition('.')[2].upper()}" for name in tradepost.APPS}  # installed or not
    names = sorted({*declared(), *apps_own})
    messages: list[CheckMessage] = []
    for name in dir(settings):
        near = difflib.get_close_matches(name, names, n=1, cutoff=0.85) if name.startswith("TRADEPOST_") else []
        if near and name not in names:
            hint = f"Did you mean {near[0]}?"
            messages.append(Warning(f"{name} isn't a setting of the library.", hint=hint, id="tradepost.W004"))
    return messages


@register("tradepost")
def check_databases(**kwargs: Any) -> list[CheckMessage]:
    """Options without which concurrent buyers meet errors."""
    messages: list[CheckMessage] = []
    for alias, database in settings.DATABASES.items():
        if database.get("ATOMIC_REQUESTS"):
            messages.append(
                Warning(
                    f'DATABASES["{alias}"] has ATOMIC_REQUESTS: what a view books before it calls a payment provider would '
                    "be lost with the request.",
                    hint="Leave it out; the library's services open the transactions that they need.",
                    id="tradepost.W001",
                )
            )
        options = database.get("OPTIONS", {})
        if database.get("ENGINE") == "django.db.backends.sqlite3" and options.get("transaction_mode") != "IMMEDIATE":
            messages.append(
                Warning(
                    f'DATABASES["{alias}"] is SQLite with its defaults: concurrent buyers meet "database is locked".',
                    hint='"OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 20, '
                    '"init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"}',
                    id="tradepost.W002",
                )
            )
    return messages
