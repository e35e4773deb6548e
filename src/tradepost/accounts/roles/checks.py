"""Problems of ``TRADEPOST_ACCOUNTS["ROLES"]``, for the system checks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from django.core.checks import CheckMessage, Error

from tradepost.core.access import existing_permissions

from .departments import unknown_permissions

__all__ = ["role_problems"]


def role_problems(roles: Mapping[str, Any]) -> Iterator[CheckMessage]:
    """Find faults in the roles that a project declares: their form, and permissions that no model has."""
    for code, names in roles.items():
        # a name alone, without the comma of a tuple, would be read letter by letter
        listed = isinstance(names, list | tuple | set) and all(isinstance(name, str) for name in names)
        if names is not None and not listed:
            yield Error(
                f'TRADEPOST_ACCOUNTS["ROLES"][{code!r}] must be a tuple of permissions, or None.',
                hint='TRADEPOST_ACCOUNTS = {"ROLES": {"warehouse": ("tradepost_inventory.change_stocklevel",)}}',
                id="tradepost.E165",
            )
    existing = existing_permissions()
    for code, unknown in unknown_permissions().items():
        for name in unknown:
            near = get_close_matches(name, existing, n=1, cutoff=0.5)
            yield Error(
                f'TRADEPOST_ACCOUNTS["ROLES"][{code!r}]: no model has the permission {name!r}.',
                hint=f"Did you mean {near[0]!r}?" if near else None,
                id="tradepost.E166",
            )
