"""Base classes of pages, for subclasses of a project's own."""

from __future__ import annotations

from .base import DashboardView, Page
from .forms import FormPage
from .lists import ListPage
from .records import RecordPage

__all__ = ["DashboardView", "FormPage", "ListPage", "Page", "RecordPage"]
