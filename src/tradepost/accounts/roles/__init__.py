"""Roles of a shop's people: departments with their permissions."""

from __future__ import annotations

from .departments import ADMINISTRATOR, PREFIX, Role, shop_roles, unknown_permissions

__all__ = ["ADMINISTRATOR", "PREFIX", "Role", "shop_roles", "unknown_permissions"]
