"""The OpenAPI schema: how our views are described. No setting of the project is needed for it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db import models
from drf_spectacular.utils import OpenApiParameter
from drf_spectacular.utils import extend_schema as spectacular_extend_schema

from tradepost.core.access import Access
from tradepost.core.extending.exposed_fields import Exposed, exposed_of

from ..filters import EXTRA
from ..headers.deprecation import Deprecation
from ..headers.preconditions import IfMatch
from ..pagination import Pagination
from ..parameters.choice import expandable
from . import extensions  # noqa: F401 - they register themselves
from .directions import DirectedSchema
from .lists import SharedPages
from .parameters import shared, with_bounds, without_echoes
from .refusals import refusals_of

__all__ = ["TradepostSchema", "described"]

_KEY = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    description="1 to 255 characters, new for each intention. The same call with the same key is done once.",
)
_FIELDS = OpenApiParameter(
    "fields", str, description="Only these fields, separated by commas; those within others by a dot: `lines.sku`."
)


class TradepostSchema(DirectedSchema):
    """Adds what every unsafe call takes, and the refusals that a call may answer with."""

    def get_override_parameters(self) -> list[Any]:
        """``Idempotency-Key`` for unsafe calls; the filters of what was exposed for lists."""
        view: Any = self.view
        if self.method in ("POST", "PUT", "PATCH", "DELETE"):
            kinds = getattr(view, "conditional", {})
            match = [_if_match(kinds[view.action])] if view.action in kinds else []
            return [*match, *([_KEY] if getattr(view, "remembers", True) else [])]
        exposes = getattr(getattr(view, "filterset_class", None), "exposes", "")
        filters = _exposed_filters(exposes) if exposes and view.action == "list" else []
        return [*_choices(view), *filters]

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
        if (deprecation := self._deprecation()) is not None:
            text = f"{text}\n\n{deprecation.meaning}"
        return f"{text}\n\nAccess: {declared.meaning}" if declared else text

    def is_deprecated(self) -> bool:
        """Whether the view says so."""
        return self._deprecation() is not None or bool(super().is_deprecated())

    def _deprecation(self) -> Deprecation | None:
        view: Any = self.view
        declared = getattr(view, "deprecated", {})
        deprecation: Deprecation | None = declared.get(view.action, declared.get(""))
        return deprecation

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

    def _get_paginator(self) -> Any:
        """Of our lists, what all their pages have in common is one component."""
        paginator = super()._get_paginator()  # type: ignore[no-untyped-call]
        return SharedPages(self, paginator) if isinstance(paginator, Pagination) else paginator

    def get_operation(self, path: str, path_regex: str, path_prefix: str, method: str, registry: Any) -> Any:
        """With bounds for its parameters, and the refusals that it may answer with."""
        operation = super().get_operation(path, path_regex, path_prefix, method, registry)
        if operation is None:
            return None
        parameters = [with_bounds(without_echoes(each)) for each in operation.get("parameters", [])]
        refusals = refusals_of(self, self.view, self._declared(), parameters)
        if parameters:
            operation["parameters"] = [shared(self, each) for each in parameters]
        operation["responses"] = {**refusals, **operation["responses"]}
        return operation


class _ByKey(DirectedSchema):
    """Finds the serializers of keys when the schema is made: a project's own may stand in the module that imports our views."""

    def get_request_serializer(self) -> Any:
        return _of_key(super().get_request_serializer())

    def get_response_serializers(self) -> Any:
        serializers: Any = super().get_response_serializers()
        if isinstance(serializers, (str, list)):
            serializers = {200: serializers}  # drf-spectacular would take it for 204 or 201 by its method
        if isinstance(serializers, dict):
            return {code: _of_key(shape) for code, shape in serializers.items()}
        return _of_key(serializers)


def _of_key(shape: Any) -> Any:
    """The serializer of a key; of a key in a list, a list of such."""
    from ..serializers import serializer_class

    if isinstance(shape, list):
        return serializer_class(shape[0])(many=True)
    return serializer_class(shape) if isinstance(shape, str) else shape


def described(options: dict[str, Any], base: type[Any] | None = None) -> type[Any]:
    """Make the schema class of one method.

    Args:
        options: Those of drf-spectacular's decorator; ``request`` and ``responses`` may be keys of serializers.
        base: What it is described by already; else as all our views are.
    """

    def method() -> None:
        """Stands for it: the decorator leaves its class here."""

    method.kwargs = {"schema": base or TradepostSchema}  # type: ignore[attr-defined]
    extended: Any = spectacular_extend_schema(**options)(method)
    return type("KeyedSchema", (_ByKey, extended.kwargs["schema"]), {})


def _if_match(kind: IfMatch) -> OpenApiParameter:
    text = "The `ETag` that was read: where the row has another version, nothing is changed."
    return OpenApiParameter(
        "If-Match", str, OpenApiParameter.HEADER, required=kind is IfMatch.REQUIRED, description=text
    )


def _choices(view: Any) -> list[OpenApiParameter]:
    """``fields`` of a read by one of our views, and ``expand`` where there is something to expand."""
    if not hasattr(view, "expansions"):
        return []
    from ..serializers import serializer_class

    offered = view.expansions.get(view.action) and expandable(serializer_class(view.key_for(view.action))())
    return [_FIELDS, *([_expand(list(offered))] if offered else [])]


def _expand(names: list[str]) -> OpenApiParameter:
    values = {"type": "array", "items": {"type": "string", "enum": names}}
    return OpenApiParameter("expand", values, explode=False, description="What to show as well, separated by commas.")


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
