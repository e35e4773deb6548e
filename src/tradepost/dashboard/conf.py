"""Settings of the dashboard: ``TRADEPOST_DASHBOARD``."""

from __future__ import annotations

from dataclasses import dataclass

from tradepost.core.conf import load, settings_class

__all__ = ["DashboardSettings", "settings"]


@settings_class("TRADEPOST_DASHBOARD")
@dataclass(frozen=True, slots=True, kw_only=True)
class DashboardSettings:
    """``TRADEPOST_DASHBOARD``.

    Attributes:
        PAGE_SIZE: Rows of a list on one page.
    """

    PAGE_SIZE: int = 50


def settings() -> DashboardSettings:
    """``TRADEPOST_DASHBOARD``."""
    return load("TRADEPOST_DASHBOARD", DashboardSettings)
