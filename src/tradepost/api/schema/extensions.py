"""How drf-spectacular describes our authentication, and fields and serializers that it doesn't know."""

from __future__ import annotations

from typing import Any

from drf_spectacular.authentication import SessionScheme
from drf_spectacular.extensions import (
    OpenApiAuthenticationExtension,
    OpenApiSerializerExtension,
    OpenApiSerializerFieldExtension,
)
from drf_spectacular.plumbing import ResolvedComponent

from .components import named

__all__ = [
    "ApiKeySchema",
    "BearerSchema",
    "EnumFieldSchema",
    "ExtraSchema",
    "MoneyFieldSchema",
    "SessionSchema",
]

_CURRENCY = {"type": "string", "pattern": "^[A-Z]{3}$", "description": "ISO 4217."}
_TEXT = {"type": "string", "format": "decimal", "pattern": r"^-?[0-9]{1,15}(\.[0-9]{1,4})?$"}
_EXAMPLE = {"amount": "12.50", "currency": "EUR"}


def _money(amount: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "description": "An amount in major units.",
        "required": ["amount", "currency"],
        "properties": {"amount": amount, "currency": _CURRENCY},
        "example": _EXAMPLE,
    }


class SessionSchema(SessionScheme):  # type: ignore[no-untyped-call]
    """Our session authentication is described as DRF's."""

    target_class = "tradepost.api.callers.authentication.SessionAuthentication"


class BearerSchema(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """Access tokens."""

    target_class = "tradepost.api.callers.authentication.BearerAuthentication"
    name = "bearerAuth"

    def get_security_definition(self, auto_schema: Any) -> Any:
        """A standard scheme of OpenAPI."""
        return {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}


class ApiKeySchema(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """Keys of integrations."""

    target_class = "tradepost.api.callers.authentication.ApiKeyAuthentication"
    name = "apiKeyAuth"

    def get_security_definition(self, auto_schema: Any) -> Any:
        """OpenAPI knows no scheme of this name, so it is a header."""
        return {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": "The key of an integration: `Api-Key tp_live_…`.",
        }


class EnumFieldSchema(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call]
    """A component of its own for each :class:`~tradepost.api.serializers.fields.EnumField`, under the name it gives."""

    target_class = "tradepost.api.serializers.fields.EnumField"

    def map_serializer_field(self, auto_schema: Any, direction: Any) -> Any:
        """A reference to it."""
        schema = {"type": "string", "enum": [str(getattr(choice, "value", choice)) for choice in self.target.choices]}
        return named(auto_schema, self.target.enum, ResolvedComponent.SCHEMA, schema)


class ExtraSchema(OpenApiSerializerExtension):  # type: ignore[no-untyped-call]
    """All that is exposed, for whomever."""

    target_class = "tradepost.api.serializers.extra.ExtraSerializer"
    match_subclasses = True

    def map_serializer(self, auto_schema: Any, direction: Any) -> Any:
        """As the serializer with all its fields."""
        whole = type(type(self.target).__name__, (type(self.target),), {"is_whole": True})
        return auto_schema._map_serializer(whole(), direction, bypass_extensions=True)  # noqa: SLF001


class MoneyFieldSchema(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call]
    """One component for all money that is answered, and one for all that is sent: whole units may be a number there."""

    target_class = "tradepost.api.money.MoneyField"
    match_subclasses = True

    def map_serializer_field(self, auto_schema: Any, direction: Any) -> Any:
        """A reference to it."""
        if direction == "response":
            return named(auto_schema, "Money", ResolvedComponent.SCHEMA, _money(_TEXT))
        whole = {"type": "integer", "minimum": 1 - 10**15, "maximum": 10**15 - 1, "format": "int64"}
        schema = {**_money({"anyOf": [_TEXT, whole]}), "additionalProperties": False}
        return named(auto_schema, "MoneyRequest", ResolvedComponent.SCHEMA, schema)
