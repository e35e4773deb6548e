"""Use cases of the dashboard itself; those of the shop are its apps' own."""

from __future__ import annotations

from .saved_views import forget_view, keep_columns, save_view

__all__ = ["forget_view", "keep_columns", "save_view"]
