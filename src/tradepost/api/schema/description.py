"""The OpenAPI schema: how our views and fields are described. No setting of the project is needed for it."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any, TypeVar, cast

from django.db import models
from drf_spectacular.authentication import SessionScheme
from drf_spectacular.extensions import (
    OpenApiAuthenticationExtension,
    OpenApiSerializerExtension,
    OpenApiSerializerFieldExtension,
)
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent
from drf_spectacular.utils import OpenApiParameter
from drf_spectacular.utils import extend_schema as spectacular_extend_schema

from tradepost.core.access import Access
from tradepost.core.extending.exposed_fields import Exposed, exposed_of

from ..filters import EXTRA

__all__ = [
    "ApiKeySchema",
    "BearerSchema",
    "EnumFieldSchema",
    "ExtraSchema",
    "MoneyFieldSchema",
    "SessionSchema",
    "TradepostSchema",
    "extend_schema",
]

F = TypeVar("F", bound=Callable[..., Any])

_KEY = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    description="1 to 255 characters, new for each intention. The same call with the same key is done once.",
)
_MONEY = {
    "type": "object",
    "description": "An amount in major units.",
    "required": ["amount", "currency"],
    "properties": {
        "amount": {"type": "string", "format": "decimal"},
        "currency": {"type": "string", "minLength": 3, "maxLength": 3, "description": "ISO 4217."},
    },
    "example": {"amount": "12.50", "currency": "EUR"},
}
_REFUSALS = {
    "validation": {
        "type": "validation_error",
        "errors": [{"code": "required", "detail": "This field is required.", "attr": "variant"}],
    },
    "conflict": {
        "type": "conflict",
        "errors": [{"code": "out_of_stock", "detail": "Not enough in stock: Mug.", "attr": None}],
        "context": {"short": {"MUG-BLUE": 2}},
    },
    "absent": {
        "type": "not_found",
        "errors": [{"code": "order_not_found", "detail": "There is no such order.", "attr": None}],
    },
}


class TradepostSchema(AutoSchema):
    """Adds what every unsafe call takes, and the refusal that every call may answer with."""

    def get_override_parameters(self) -> list[Any]:
        """``Idempotency-Key`` for unsafe calls; the filters of what was exposed for lists."""
        view: Any = self.view
        if self.method in ("POST", "PUT", "PATCH", "DELETE"):
            return [_KEY] if getattr(view, "remembers", True) else []
        exposes = getattr(getattr(view, "filterset_class", None), "exposes", "")
        return _exposed_filters(exposes) if exposes and view.action == "list" else []

    def get_tags(self) -> list[str]:
        """The endpoint's key, unless the view has a tag of its own."""
        view: Any = self.view
        return [getattr(view, "tag", "") or str(view.basename)]

    def get_auth(self) -> list[Any]:
        """Signing in is optional where the declared access doesn't need it."""
        auths: list[Any] = super().get_auth()
        declared = self._declared()
        return [scheme for scheme in auths if scheme or not (declared and declared.needs_account)]

    def get_description(self) -> str:  # type: ignore[override]
        """With a sentence that says who may."""
        declared = self._declared()
        text = str(super().get_description() or "")
        return f"{text}\n\nAccess: {declared.meaning}" if declared else text

    def get_extensions(self) -> dict[str, Any]:
        """``x-access``: the declared access for programs to read, with the permissions that staff need."""
        declared = self._declared()
        if declared is None:
            return {}
        permissions = {"permissions": [*declared.permissions]} if declared.permissions else {}
        return {"x-access": {"who": declared.code, **permissions}}

    def _declared(self) -> Access | None:
        """The access of the action; none for a view that isn't ours."""
        view: Any = self.view
        declared: Access | None = getattr(view, "access", {}).get(view.action)
        return declared

    def get_operation_id(self) -> str:
        """By endpoint and action, wherever the project mounts it."""
        view: Any = self.view
        return f"{view.basename}_{view.action}"

    def get_operation(self, path: str, path_regex: str, path_prefix: str, method: str, registry: Any) -> Any:
        """With the error format as the default answer."""
        operation = super().get_operation(path, path_regex, path_prefix, method, registry)
        if operation is not None:
            operation["responses"]["default"] = self._refusal()
        return operation

    def _refusal(self) -> Any:
        from ..serializers import serializer_class

        error = self.resolve_serializer(serializer_class("api.Error")(), "response")
        content = {"schema": error.ref, "examples": {name: {"value": value} for name, value in _REFUSALS.items()}}
        return _named(self, "Refusal", ResolvedComponent.RESPONSE, _answer("A refusal.", content))


class _ByKey(AutoSchema):
    """Finds the serializers of keys when the schema is made: a project's own may stand in the module that imports our views."""

    def get_request_serializer(self) -> Any:
        return _of_key(super().get_request_serializer())

    def get_response_serializers(self) -> Any:
        serializers: Any = super().get_response_serializers()
        if isinstance(serializers, str):
            serializers = {200: serializers}  # drf-spectacular would take it for 204 or 201 by its method
        if isinstance(serializers, dict):
            return {code: _of_key(shape) for code, shape in serializers.items()}
        return _of_key(serializers)


def _of_key(shape: Any) -> Any:
    from ..serializers import serializer_class

    return serializer_class(shape) if isinstance(shape, str) else shape


def extend_schema(**options: Any) -> Callable[[F], F]:
    """drf-spectacular's decorator, on our schema class and not on the one of the project's ``REST_FRAMEWORK``.

    For methods of views; above ``@action`` where there is one. ``request`` and ``responses`` may also be keys of
    ``TRADEPOST_API["SERIALIZERS"]``, as in ``responses={201: "orders.Order"}``.
    """

    def decorate(method: F) -> F:
        method.kwargs = {"schema": TradepostSchema, **getattr(method, "kwargs", {})}  # type: ignore[attr-defined]
        described: Any = spectacular_extend_schema(**options)(method)
        described.kwargs["schema"] = type("KeyedSchema", (_ByKey, described.kwargs["schema"]), {})
        return cast("F", described)

    return decorate


def _answer(description: str, content: Any) -> dict[str, Any]:
    return {"description": description, "content": {"application/json": content}}


def _named(auto_schema: Any, name: str, kind: str, schema: Any) -> Any:
    """A reference to a component of that name, which is made at the first call."""
    component: Any = ResolvedComponent(name=name, type=kind, object=name, schema=schema)  # type: ignore[no-untyped-call]
    auto_schema.registry.register_on_missing(component)
    return component.ref


def _exposed_filters(model: str) -> list[OpenApiParameter]:
    """List the filters that exist because a project exposed a field."""
    return [
        OpenApiParameter(f"{EXTRA}{entry.name}", _type_of(entry), description=entry.label)
        for entry in exposed_of(model)
        if entry.filter
    ]


def _type_of(entry: Exposed) -> Any:
    """As a query string has it."""
    kinds: dict[type[Any], Any] = {models.BooleanField: bool, models.IntegerField: int, models.DecimalField: Decimal}
    return next((kind for column, kind in kinds.items() if isinstance(entry.field, column)), str)


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
        return _named(auto_schema, self.target.enum, ResolvedComponent.SCHEMA, schema)


class ExtraSchema(OpenApiSerializerExtension):  # type: ignore[no-untyped-call]
    """All that is exposed, for whomever."""

    target_class = "tradepost.api.serializers.extra.ExtraSerializer"
    match_subclasses = True

    def map_serializer(self, auto_schema: Any, direction: Any) -> Any:
        """As the serializer with all its fields."""
        whole = type(type(self.target).__name__, (type(self.target),), {"is_whole": True})
        return auto_schema._map_serializer(whole(), direction, bypass_extensions=True)  # noqa: SLF001


class MoneyFieldSchema(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call]
    """One component for all money."""

    target_class = "tradepost.api.money.MoneyField"

    def map_serializer_field(self, auto_schema: Any, direction: Any) -> Any:
        """A reference to it."""
        return _named(auto_schema, "Money", ResolvedComponent.SCHEMA, _MONEY)
