"""The schema, and a page to read and try it."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.templatetags.static import static
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.renderers import OpenApiYamlRenderer, OpenApiYamlRenderer2
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerView
from rest_framework.permissions import AllowAny
from rest_framework.renderers import JSONRenderer

from tradepost.core.access import ANYONE

__all__ = ["DocsView", "Generator", "SchemaView", "have_assets"]

_ASSETS = "drf_spectacular_sidecar"


def have_assets() -> bool:
    """Whether the assets of the page are installed; they are served by the project itself, never from elsewhere."""
    return apps.is_installed(_ASSETS)


class Generator(SchemaGenerator):
    """Leaves out views of the project that drf-spectacular can't describe: those on another schema class than its own."""

    def _get_paths_and_endpoints(self) -> list[Any]:
        endpoints: list[Any] = super()._get_paths_and_endpoints()  # type: ignore[no-untyped-call]
        return [endpoint for endpoint in endpoints if isinstance(endpoint[-1].schema, AutoSchema)]


class _Json(JSONRenderer):
    """Without the spaces that drf-spectacular's has, which are half of it."""

    media_type = "application/vnd.oai.openapi+json"


class SchemaView(SpectacularAPIView):
    """The OpenAPI schema of the whole project's API."""

    schema = None  # it isn't part of itself
    generator_class = Generator
    renderer_classes = [OpenApiYamlRenderer, OpenApiYamlRenderer2, _Json, JSONRenderer]
    access = ANYONE
    permission_classes = [AllowAny]
    authentication_classes: list[Any] = []
    versioning_class = None


class DocsView(SpectacularSwaggerView):
    """Swagger UI."""

    schema = None
    access = ANYONE
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
