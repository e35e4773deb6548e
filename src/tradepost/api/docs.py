"""The schema, and a page to read and try it."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.templatetags.static import static
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerView
from rest_framework.permissions import AllowAny

__all__ = ["DocsView", "SchemaView", "have_assets"]

_ASSETS = "drf_spectacular_sidecar"


def have_assets() -> bool:
    """Whether the assets of the page are installed; they are served by the project itself, never from elsewhere."""
    return apps.is_installed(_ASSETS)


class SchemaView(SpectacularAPIView):
    """The OpenAPI schema of the whole project's API."""

    permission_classes = [AllowAny]
    authentication_classes: list[Any] = []
    versioning_class = None


class DocsView(SpectacularSwaggerView):
    """Swagger UI."""

    permission_classes = [AllowAny]
    authentication_classes: list[Any] = []
    versioning_class = None
    url_name = "tradepost_api:schema"
    title = "Tradepost API"

    @staticmethod
    def _swagger_ui_resource(filename: str) -> str:
        return static(f"{_ASSETS}/swagger-ui-dist/{filename}")

    @staticmethod
    def _swagger_ui_favicon() -> str:
        return static(f"{_ASSETS}/swagger-ui-dist/favicon-32x32.png")
