"""Orders of the shop, for its staff."""

from __future__ import annotations

from .orders import StaffOrderViewSet

__all__ = ["StaffOrderViewSet"]
