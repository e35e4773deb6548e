"""The OpenAPI schema: how our views are described."""

from __future__ import annotations

from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter

__all__ = ["TradepostSchema"]

_KEY = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    description="1 to 255 characters, new for each intention. The same call with the same key is done once.",
)


class TradepostSchema(AutoSchema):
    """Adds what every unsafe call takes, and the errors that every call may answer with."""

    def get_override_parameters(self) -> list[Any]:
        """``Idempotency-Key`` for unsafe calls."""
        return [_KEY] if self.method in ("POST", "PUT", "PATCH", "DELETE") else []

    def get_tags(self) -> list[str]:
        """By the first part of the path below the prefix."""
        return [getattr(self.view, "tag", None) or super().get_tags()[0]]

    def get_operation(self, path: str, path_regex: str, path_prefix: str, method: str, registry: Any) -> Any:
        """With the error format as the default answer."""
        found = super().get_operation(path, path_regex, path_prefix, method, registry)
        if found is not None:
            error = self.resolve_serializer(_error(), "response")
            found["responses"]["default"] = {
                "description": "A refusal.",
                "content": {"application/json": {"schema": error.ref}},
            }
        return found


def _error() -> Any:
    from .serializers.errors import ErrorSerializer

    return ErrorSerializer()
