"""Text that a database takes, in a call's address and its parameters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tradepost.core.inputs.json_values import is_text

__all__ = ["is_clean_path", "is_clean_query"]


def is_clean_path(parts: Mapping[str, Any]) -> bool:
    """Whether all parts of an address are text, as far as they are strings."""
    return all(is_text(value) for value in parts.values() if isinstance(value, str))


def is_clean_query(params: Any) -> bool:
    """Whether names and values of a query string (a ``QueryDict``) are text."""
    return all(is_text(name) and all(map(is_text, values)) for name, values in params.lists())
