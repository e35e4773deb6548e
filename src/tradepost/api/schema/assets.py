"""The assets of the page that shows the schema: a package of their own, which is optional."""

from __future__ import annotations

from django.apps import apps

__all__ = ["ASSETS", "have_assets"]

ASSETS = "drf_spectacular_sidecar"


def have_assets() -> bool:
    """Whether they are installed; they are served by the project itself, never from elsewhere."""
    return apps.is_installed(ASSETS)
