"""A filter for logs: addresses hold keys to orders, payments and baskets, and logs are read by more people than those may see.

``LOGGING = {"filters": {"secrets": {"()": "tradepost.core.requests.log_secrets.HideSecrets"}}, …}``
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from typing import Any

__all__ = ["HideSecrets", "without_secrets"]

_HIDDEN = "…"
_UUID = r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
_PATTERNS = (
    # An address may stand in a parameter of another one (next, return_url), where its signs are quoted.
    re.compile(r"(?P<kept>(?:[?&]|%3[fF]|%26)(?:token|access_token|key)(?:=|%3[dD]))[^&\s\"'#]+"),
    re.compile(r"(?P<kept>(?:/|%2[fF])pay(?:/|%2[fF]))[^/%\s\"'?]+"),
    re.compile(rf"(?P<kept>(?:/|%2[fF])(?:baskets|payments|lines)(?:/|%2[fF])){_UUID}"),
    re.compile(r"(?P<kept>tp_(?:live|test)_[A-Za-z0-9]{8}_)[A-Za-z0-9_-]+"),
    re.compile(r"(?P<kept>(?i:bearer|api-key) +)[^\s,'\"]+"),
    re.compile(r"(?P<kept>(?:access|refresh|csrf)_token['\"]?\s*[:=]\s*['\"]?)[^\s,'\"&]+"),
    re.compile(r"(?P<kept>tradepost-refresh=)[^\s;,'\"]+"),
    re.compile(r"(?P<kept>(?i:tradepost-token|idempotency-key)['\"]?\s*[:=]\s*['\"]?)[^\s,'\"]+"),
)


def without_secrets(text: str) -> str:
    """A line without tokens, API keys, and the UUIDs that open baskets and payments."""
    for pattern in _PATTERNS:
        text = pattern.sub(rf"\g<kept>{_HIDDEN}", text)
    return text


class HideSecrets(logging.Filter):
    """Takes secrets out of a record's text and of its arguments, before any handler writes it."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Every record passes."""
        record.msg = _hidden(record.msg)
        if isinstance(record.args, Mapping):
            record.args = {key: _hidden(value) for key, value in record.args.items()}
        elif record.args:
            record.args = tuple(_hidden(value) for value in record.args)
        return True


def _hidden(value: Any) -> Any:
    return without_secrets(value) if isinstance(value, str) else value
