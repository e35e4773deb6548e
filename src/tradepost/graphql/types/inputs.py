"""Arguments: bodies of the API as input types, and parameters of its lists."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Optional
from uuid import UUID

import django_filters
import strawberry
from rest_framework import serializers
from strawberry import UNSET

from tradepost.api.filters import ExposedFilters
from tradepost.api.money import MoneyField
from tradepost.api.serializers.fields import EnumField
from tradepost.core.extending.exposed_fields import exposed_of

from .filters import ExtraFilter
from .registry import Types, class_of, described, value_type
from .scalars import JSON, MoneyInput, plain

__all__ = ["body_of", "filters_of", "input_of", "optional"]


def optional(kind: Any) -> Any:
    """A type whose value may be left out."""
    return Optional[kind]  # noqa: UP045 - what isn't a class has no |


def input_of(types: Types, key: str | type[Any]) -> Any:
    """The input type of what a serializer takes, by its key or itself; ``None`` where that is nothing."""
    return _input(types, class_of(key)())


def _input(types: Types, serializer: Any) -> Any:
    name = f"{types.name_of(serializer).removesuffix('Input')}Input"
    if name not in types.inputs:
        taken = {
            field_name: drf_field
            for field_name, drf_field in serializer.fields.items()
            if not drf_field.read_only and not isinstance(drf_field, serializers.HiddenField)
        }
        types.inputs[name] = _made(types, name, serializer, taken) if taken else None
    return types.inputs[name]


def _made(types: Types, name: str, serializer: Any, taken: Mapping[str, Any]) -> Any:
    annotations: dict[str, Any] = {}
    members: dict[str, Any] = {}
    for field_name, drf_field in taken.items():
        kind, text = _type_of(types, drf_field), described(str(drf_field.help_text or ""))
        if drf_field.required and not drf_field.allow_null:
            annotations[field_name], members[field_name] = kind, strawberry.field(description=text)
        else:
            annotations[field_name] = optional(kind)
            members[field_name] = strawberry.field(description=text, default=UNSET)
    cls = type(name, (), {"__annotations__": annotations, **members})
    return strawberry.input(cls, name=name, description=described(inspect.getdoc(type(serializer)) or ""))


def _type_of(types: Types, drf_field: Any) -> Any:
    annotation = getattr(drf_field, "_spectacular_annotation", {}).get("field")
    if isinstance(annotation, type) and issubclass(annotation, serializers.BaseSerializer):
        drf_field = annotation()
    if isinstance(drf_field, (serializers.ListSerializer, serializers.ListField)):
        return list[_type_of(types, drf_field.child)]  # type: ignore[misc]
    if isinstance(drf_field, serializers.BaseSerializer):
        return _input(types, drf_field) or JSON
    if isinstance(drf_field, MoneyField):
        return MoneyInput
    if isinstance(drf_field, EnumField):
        return types.enum(drf_field.enum, drf_field.choices)
    return value_type(drf_field)


def body_of(value: Any) -> Any:
    """An input as a body of the API; what was left out is absent."""
    definition = getattr(value, "__strawberry_definition__", None)
    if definition is not None:
        given = {each.python_name: getattr(value, each.python_name) for each in definition.fields}
        return {name: body_of(each) for name, each in given.items() if each is not UNSET}
    if isinstance(value, list):
        return [body_of(each) for each in value]
    return plain(value)


_OF_FILTERS: tuple[tuple[type, Any], ...] = (
    (django_filters.MultipleChoiceFilter, list[str]),
    (django_filters.BooleanFilter, bool),
    (django_filters.NumberFilter, Decimal),
    (django_filters.UUIDFilter, UUID),
    (django_filters.IsoDateTimeFilter, datetime),
    (django_filters.OrderingFilter, str),
)


def filters_of(viewset: Any) -> dict[str, tuple[Any, str | None]]:
    """Types and descriptions of the parameters by which a viewset's list is filtered."""
    filterset: Any = getattr(viewset, "filterset_class", None)
    if filterset is None:
        return {}
    named = {name: (_filter_type(each), _words(each)) for name, each in filterset.base_filters.items()}
    exposes = exposed_of(filterset.exposes) if issubclass(filterset, ExposedFilters) else ()
    if not any(entry.filter for entry in exposes):
        return named
    return {**named, "extra": (list[ExtraFilter], "Fields that the shop added, as far as the caller may read them.")}


def _filter_type(each: Any) -> Any:
    return next((kind for cls, kind in _OF_FILTERS if isinstance(each, cls)), str)


def _words(each: Any) -> str | None:
    """The filter's description, and the words that it takes."""
    text = str(each.extra.get("help_text") or "")
    choices = each.extra.get("choices")
    if isinstance(each, (django_filters.ChoiceFilter, django_filters.OrderingFilter)):
        words = [str(value) for value, _label in (choices or ())]
        text = f"{text} One of {', '.join(words)}.".strip() if words else text
    return described(text)
