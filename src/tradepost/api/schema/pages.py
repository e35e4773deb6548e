"""The schema, a page to read and try it, and one to read it."""

from __future__ import annotations

import json
from typing import Any, ClassVar

import yaml
from django.templatetags.static import static
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.renderers import OpenApiYamlRenderer
from drf_spectacular.settings import spectacular_settings
from drf_spectacular.views import SpectacularAPIView, SpectacularRedocView, SpectacularSwaggerView
from rest_framework.permissions import AllowAny
from rest_framework.renderers import JSONRenderer

from tradepost.core.access import ANYONE

from .assets import ASSETS
from .common_parts import (
    with_common_properties,
    with_common_security,
    with_common_values,
    with_required_of_changes,
)

__all__ = ["DocsView", "Generator", "RedocView", "SchemaView"]


class Generator(SchemaGenerator):
    """Leaves out views of the project that drf-spectacular can't describe: those on another schema class than its own."""

    def _get_paths_and_endpoints(self) -> list[Any]:
        endpoints: list[Any] = super()._get_paths_and_endpoints()  # type: ignore[no-untyped-call]
        return [endpoint for endpoint in endpoints if isinstance(endpoint[-1].schema, AutoSchema)]

    def get_schema(self, request: Any = None, public: bool = False) -> Any:  # noqa: FBT001, FBT002 - as drf-spectacular has it
        """The whole, in which what many parts have in common stands once."""
        schema: dict[str, Any] = super().get_schema(request, public)  # type: ignore[no-untyped-call]
        return with_common_security(with_common_values(with_required_of_changes(with_common_properties(schema))))


class _Json(JSONRenderer):
    """Without the spaces that drf-spectacular's has, which are half of it."""

    media_type = "application/vnd.oai.openapi+json"


class _Dumper(yaml.SafeDumper):
    """Writes what stands twice twice, for not every reader follows YAML's aliases."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


class _Yaml(OpenApiYamlRenderer):
    """With the innermost parts on one line, which makes it a fifth smaller."""

    def render(self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None) -> bytes:
        plain = json.loads(JSONRenderer().render(data))
        text: str = yaml.dump(
            plain, Dumper=_Dumper, default_flow_style=None, sort_keys=False, allow_unicode=True, width=10_000
        )
        return text.encode()


class _PlainYaml(_Yaml):
    media_type = "application/yaml"


class SchemaView(SpectacularAPIView):
    """The OpenAPI schema of the whole project's API."""

    schema = None  # it isn't part of itself
    generator_class = Generator
    renderer_classes = [_Yaml, _PlainYaml, _Json, JSONRenderer]
    access = ANYONE
    permission_classes = [AllowAny]
    authentication_classes: list[Any] = []
    versioning_class = None


# Swagger's page has a script within, and both style their elements; Redoc searches in a worker that it makes itself.
_POLICY = (
    "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "font-src 'self' data:; connect-src 'self'; worker-src blob:; child-src blob:; base-uri 'none'; frame-ancestors 'self'"
)


class _Page:
    """A page of the schema: as JSON, which is the smaller one, and with nothing from another host."""

    schema: Any = None
    access = ANYONE
    permission_classes: ClassVar[Any] = [AllowAny]
    authentication_classes: ClassVar[Any] = []
    versioning_class: Any = None
    url_name = "tradepost_api:schema"

    def get(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """The page, which no browser may load anything into from elsewhere."""
        response = super().get(request, *args, **kwargs)  # type: ignore[misc]
        response.headers.setdefault("Content-Security-Policy", _POLICY)
        return response

    def _get_schema_url(self, request: Any) -> str:
        url: str = super()._get_schema_url(request)  # type: ignore[misc]
        return f"{url}{'&' if '?' in url else '?'}format=json"


class DocsView(_Page, SpectacularSwaggerView):
    """Swagger UI: to read the schema, and to make its calls as who is signed in."""

    title = "Tradepost API"

    def _dump(self, data: Any) -> Any:
        """With who may make each call. A sign-in ends with the page: Swagger UI would write the token down in ``localStorage``,
        where it outlives the browser's window, and any script of the shop's address may read it.
        """
        ours = {"persistAuthorization": False, "showExtensions": True, "filter": True, "docExpansion": "none"}
        is_ours = isinstance(data, dict) and data is spectacular_settings.SWAGGER_UI_SETTINGS
        merged = {**ours, **data} if is_ours else data
        return super()._dump(merged)  # type: ignore[no-untyped-call]

    @staticmethod
    def _swagger_ui_resource(filename: str) -> str:
        return static(f"{ASSETS}/swagger-ui-dist/{filename}")

    @staticmethod
    def _swagger_ui_favicon() -> str:
        return static(f"{ASSETS}/swagger-ui-dist/favicon-32x32.png")


class RedocView(_Page, SpectacularRedocView):
    """Redoc: to read the schema."""

    title = "Tradepost API"
    template_name = "tradepost/api/redoc.html"

    @staticmethod
    def _redoc_standalone() -> str:
        return static(f"{ASSETS}/redoc/bundles/redoc.standalone.js")
