"""System checks of the dashboard."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from django.core.checks import CheckMessage, Error, register

from tradepost.core.access import Access, existing_permissions
from tradepost.core.conf import check_settings

from .conf import DashboardSettings
from .registry import Dashboard, dashboard

__all__ = ["check_contents", "check_dashboard"]


@register("tradepost")
def check_dashboard(**kwargs: Any) -> list[CheckMessage]:
    """``TRADEPOST_DASHBOARD``."""
    return check_settings("TRADEPOST_DASHBOARD", DashboardSettings, "tradepost.E860")


@register("tradepost")
def check_contents(**kwargs: Any) -> list[CheckMessage]:
    """Pages have a section and an address of their own, and permissions exist."""
    return [*_check_pages(dashboard), *_check_permissions(dashboard)]


def _check_pages(registry: Dashboard) -> Iterator[CheckMessage]:
    for page in registry.pages:
        if page.section not in registry.sections:
            hint = f"There are: {', '.join(section.key for section in registry.sections)}."
            yield Error(
                f"The page {page.key!r} is in no section of the dashboard: {page.section!r}.",
                hint=hint,
                id="tradepost.E861",
            )
    for pattern, number in Counter(page.pattern for page in registry.pages).items():
        if number > 1:
            yield Error(f"Several pages of the dashboard are at {pattern!r}.", id="tradepost.E862")
    for key in registry.unknown_pages():
        hint = f"There are: {', '.join(page.key for page in registry.pages)}."
        yield Error(
            f"Something was added to the page {key!r} of the dashboard, which isn't there.",
            hint=hint,
            id="tradepost.E863",
        )


def _check_permissions(registry: Dashboard) -> Iterator[CheckMessage]:
    existing = existing_permissions()
    for owner, access in _declared(registry):
        for name in sorted(set(access.permissions) - existing):
            yield Error(
                f"{owner} of the dashboard needs the permission {name!r}, which no model has.", id="tradepost.E864"
            )


def _declared(registry: Dashboard) -> Iterator[tuple[str, Access]]:
    for page in registry.pages:
        yield f"The page {page.key!r}", page.access
    for kind, entry in registry.entries():
        access = getattr(entry, "access", None)
        if access is not None:
            yield f"{kind} {entry.key!r}", access
