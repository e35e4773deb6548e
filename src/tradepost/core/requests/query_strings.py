"""Addresses of the same page with other values in their query."""

from __future__ import annotations

from typing import Any

from django.http import QueryDict

__all__ = ["changed_query"]


def changed_query(query: QueryDict, changes: dict[str, Any]) -> str:
    """The query with some values changed, as it stands in an address; those that are ``None`` or empty are left out."""
    values = query.copy()
    for key, value in changes.items():
        if value in (None, ""):
            values.pop(key, None)
        else:
            values[key] = value
    return str(values.urlencode())
