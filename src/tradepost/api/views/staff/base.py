"""The base of views for staff."""

from __future__ import annotations

from ..base import TradepostViewSet

__all__ = ["StaffViewSet"]


class StaffViewSet(TradepostViewSet):
    """For staff: each action needs permissions, and nothing is hidden from those who have them."""

    tag = "staff"
