"""The schema, and a page to read and try it."""

from __future__ import annotations

import json
from typing import Any

import yaml
from django.templatetags.static import static
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.renderers import OpenApiYamlRenderer
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerView
from rest_framework.permissions import AllowAny
from rest_framework.renderers import JSONRenderer

from tradepost.core.access import ANYONE

from .assets import ASSETS
from .common_parts import with_common_properties, with_common_security

__all__ = ["DocsView", "Generator", "SchemaView"]


class Generator(SchemaGenerator):
    """Leaves out views of the project that drf-spectacular can't describe: those on another schema class than its own."""

    def _get_paths_and_endpoints(self) -> list[Any]:
        endpoints: list[Any] = super()._get_paths_and_endpoints()  # type: ignore[no-untyped-call]
        return [endpoint for endpoint in endpoints if isinstance(endpoint[-1].schema, AutoSchema)]

    def get_schema(self, request: Any = None, public: bool = False) -> Any:  # noqa: FBT001, FBT002 - as drf-spectacular has it
        """The whole, in which what many parts have in common stands once."""
        schema: dict[str, Any] = super().get_schema(request, public)  # type: ignore[no-untyped-call]
        return with_common_security(with_common_properties(schema))


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


class DocsView(SpectacularSwaggerView):
    """Swagger UI."""

    schema = None
    access = ANYONE
    permission_classes = [AllowAny]
    authentication_classes: list[Any] = []
    versioning_class = None
    url_name = "tradepost_api:schema"
    title = "Tradepost API"

    def _get_schema_url(self, request: Any) -> str:
        """As JSON, which is the smaller one."""
        url: str = super()._get_schema_url(request)  # type: ignore[no-untyped-call]
        return f"{url}{'&' if '?' in url else '?'}format=json"

    @staticmethod
    def _swagger_ui_resource(filename: str) -> str:
        return static(f"{ASSETS}/swagger-ui-dist/{filename}")

    @staticmethod
    def _swagger_ui_favicon() -> str:
        return static(f"{ASSETS}/swagger-ui-dist/favicon-32x32.png")
