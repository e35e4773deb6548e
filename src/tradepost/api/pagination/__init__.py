"""Lists in pages."""

from __future__ import annotations

from .pages import Pagination

__all__ = ["Pagination"]
