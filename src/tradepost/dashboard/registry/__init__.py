"""Everything that the dashboard shows is registered here, ours as well as a project's. In ``dashboard.py`` of an app::

from tradepost.dashboard.registry import Column, dashboard

dashboard.columns("orders").add(Column(key="gift", title="Gift", value=lambda order: order.metadata.get("gift", "")))
"""

from __future__ import annotations

from .collection import Collection
from .dashboard import Dashboard, dashboard
from .entries import (
    Action,
    Card,
    Column,
    Filter,
    Finder,
    FirstStep,
    Hit,
    Panel,
    Section,
    TimelineEntry,
    TimelineSource,
    View,
)

__all__ = [
    "Action",
    "Card",
    "Collection",
    "Column",
    "Dashboard",
    "Filter",
    "Finder",
    "FirstStep",
    "Hit",
    "Panel",
    "Section",
    "TimelineEntry",
    "TimelineSource",
    "View",
    "dashboard",
]
