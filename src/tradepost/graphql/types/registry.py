"""The types of one schema, each made once."""

from __future__ import annotations

import inspect
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Optional
from uuid import UUID

import strawberry
from django.core.exceptions import FieldDoesNotExist, ImproperlyConfigured
from rest_framework import serializers
from strawberry.annotation import StrawberryAnnotation
from strawberry.types.field import StrawberryField
from strawberry.utils.str_converters import to_camel_case

from tradepost.api.money import MoneyField
from tradepost.api.serializers import serializer_class
from tradepost.api.serializers.fields import EnumField

from .names import enum_of, stem, type_names
from .scalars import JSON, Money

__all__ = ["Entry", "Types", "class_of", "value_type"]

_VALUES: tuple[tuple[type, Any], ...] = (  # the first that fits
    (serializers.BooleanField, bool),
    (serializers.IntegerField, int),
    (serializers.DecimalField, Decimal),
    (serializers.FloatField, float),
    (serializers.DateTimeField, datetime),
    (serializers.DateField, date),
    (serializers.UUIDField, UUID),
    (serializers.CharField, str),
    (serializers.ChoiceField, str),
    (serializers.SlugRelatedField, str),
    (serializers.StringRelatedField, str),
    (serializers.FileField, str),
    (serializers.DurationField, str),
    (serializers.TimeField, str),
)
_OF_HINTS = {bool: bool, int: int, str: str, float: float, Decimal: Decimal, UUID: UUID, datetime: datetime, date: date}


def class_of(key: str | type[Any]) -> type[Any]:
    """The serializer that a declaration names: by its key, so that a project's is found, or itself."""
    return serializer_class(key) if isinstance(key, str) else key


def value_type(drf_field: Any) -> Any:
    """The type of a plain value; ``JSON`` for one that has no other."""
    return next((kind for cls, kind in _VALUES if isinstance(drf_field, cls)), JSON)


@dataclass(slots=True)
class Entry:
    """The fields of a type, for whoever reads a selection.

    Attributes:
        cls: Its class.
        inner: Of each field that has fields of its own, the name of their type, by the field's name in Python.
        on_request: Fields that the API shows on request only.
        lists: Fields that are lists of objects.
        names: Names of the fields in Python, by those of the schema.
        is_whole: Whether it is asked for as a whole: who may not read some of its fields isn't told that they are there.
        links: Links by their names in the schema, and in ``linked`` the names of the types that they lead to.
    """

    cls: Any
    inner: dict[str, str] = field(default_factory=dict)
    on_request: set[str] = field(default_factory=set)
    lists: set[str] = field(default_factory=set)
    names: dict[str, str] = field(default_factory=dict)
    is_whole: bool = False
    links: dict[str, Any] = field(default_factory=dict)
    linked: dict[str, str] = field(default_factory=dict)


class Types:
    """Types by the serializers that they show."""

    def __init__(self) -> None:
        self.entries: dict[str, Entry] = {}
        self.inputs: dict[str, Any] = {}
        self._enums: dict[str, Any] = {}
        self._classes: dict[str, type] = {}
        self._names = type_names()

    def of_key(self, key: str | type[Any]) -> str:
        """The name of the type of what a serializer shows, by its key or itself."""
        return self.of(class_of(key)())

    def of(self, serializer: Any) -> str:
        """The name of the type of what a serializer shows.

        Raises:
            ImproperlyConfigured: Another serializer has this name already.
        """
        name = self.name_of(serializer)
        if name not in self.entries:
            self._classes[name] = type(serializer)
            self._make(name, serializer)
        elif self._classes[name] is not type(serializer) and not hasattr(serializer, "is_whole"):
            raise ImproperlyConfigured(
                f"{self._classes[name].__qualname__} and {type(serializer).__qualname__} of {type(serializer).__module__}"
                f" would both be the type {name}: call one of them otherwise."
            )
        return name

    def name_of(self, serializer: Any) -> str:
        """The name that a serializer's type has."""
        return self._names.get(type(serializer)) or stem(type(serializer).__name__)

    def enum(self, name: str, values: Any) -> Any:
        """The enum of this name, or text where its words are no names."""
        if name not in self._enums:
            self._enums[name] = enum_of(name, [str(value) for value in values]) or str
        return self._enums[name]

    def _make(self, name: str, serializer: Any) -> None:
        description = inspect.getdoc(type(serializer)) or ""
        cls: Any = strawberry.type(type(name, (), {}), name=name, description=described(description))
        entry = self.entries[name] = Entry(cls)
        if hasattr(serializer, "is_whole"):
            serializer.is_whole = entry.is_whole = True  # who may not read an exposed field is given null
        definition = cls.__strawberry_definition__
        for field_name, drf_field in serializer.fields.items():
            if not drf_field.write_only and not isinstance(drf_field, serializers.HiddenField):
                definition.fields.append(self._field(entry, serializer, field_name, drf_field))

    def _field(self, entry: Entry, serializer: Any, name: str, drf_field: Any) -> StrawberryField:
        shape, is_nullable = shape_of(serializer, drf_field)
        annotation = self._type_of(entry, name, shape)
        if getattr(drf_field, "on_request", False):
            entry.on_request.add(name)
        is_object = isinstance(shape, serializers.BaseSerializer) and not isinstance(shape, serializers.ListSerializer)
        if (
            is_nullable or is_object or may_be_missing(serializer, drf_field)
        ):  # the API shows null where there is no object
            annotation = Optional[annotation]  # noqa: UP045 - what isn't a class has no |
        entry.names[to_camel_case(name)] = name
        return StrawberryField(
            python_name=name,
            graphql_name=None,
            type_annotation=StrawberryAnnotation(annotation),
            description=described(str(drf_field.help_text or "")),
        )

    def _type_of(self, entry: Entry, name: str, shape: Any) -> Any:
        if isinstance(shape, serializers.ListSerializer):
            entry.lists.add(name)
            return list[self._type_of(entry, name, shape.child)]  # type: ignore[misc]
        if isinstance(shape, serializers.BaseSerializer):
            inner = entry.inner[name] = self.of(shape)
            return self.entries[inner].cls
        if isinstance(shape, serializers.ListField):
            return list[self._type_of(entry, name, shape.child)]  # type: ignore[misc]
        if isinstance(shape, serializers.ManyRelatedField):
            return list[str]
        if isinstance(shape, MoneyField):
            entry.inner[name] = "Money"
            return Money
        if isinstance(shape, EnumField):
            return self.enum(shape.enum, shape.choices)
        if isinstance(shape, type):
            return _OF_HINTS.get(shape, JSON)
        return value_type(shape)


def described(text: str) -> str | None:
    """A description for the schema: the first paragraph."""
    return " ".join(text.split("\n\n", maxsplit=1)[0].split()) or None


def shape_of(serializer: Any, drf_field: Any) -> tuple[Any, bool]:
    """The field, serializer or type that says what a field shows, and whether that may be null.

    A method says it by its annotation for the schema of the API, or by what it returns; a property of a model by the latter.
    """
    method = getattr(serializer, getattr(drf_field, "method_name", None) or "", None)
    shape = getattr(method or drf_field, "_spectacular_annotation", {}).get("field")
    if isinstance(shape, type) and issubclass(shape, serializers.Field):
        shape = shape()
    if isinstance(shape, serializers.Field):
        return shape, False
    if method is not None:
        return _returned(getattr(method, "__func__", method))
    if type(drf_field) is serializers.ReadOnlyField:
        model = getattr(getattr(serializer, "Meta", None), "model", None)
        return _returned(getattr(getattr(model, str(drf_field.source), None), "fget", None))
    return drf_field, False


def _returned(function: Any) -> tuple[Any, bool]:
    """The type that a function returns, where it is a plain one, and whether that may be null."""
    hint = getattr(function, "__annotations__", {}).get("return")
    if isinstance(hint, str):
        text, _bar, rest = hint.partition(" | ")
        kinds = {kind.__name__: kind for kind in _OF_HINTS}
        return (
            (kinds[text], rest == "None") if text in kinds and rest in ("", "None") else (serializers.JSONField(), True)
        )
    return (hint, False) if isinstance(hint, type) else (serializers.JSONField(), True)


def may_be_missing(serializer: Any, drf_field: Any) -> bool:
    """Whether a field may be null, or absent from an answer."""
    if drf_field.allow_null or getattr(drf_field, "on_request", False):
        return True
    if not drf_field.required and not drf_field.read_only and drf_field.default is serializers.empty:
        return True
    return _is_null_column(serializer, drf_field)


def _is_null_column(serializer: Any, drf_field: Any) -> bool:
    """A column that isn't edited tells DRF nothing of null."""
    model = getattr(getattr(serializer, "Meta", None), "model", None)
    if model is None or isinstance(drf_field, serializers.SerializerMethodField):
        return False
    try:
        column = model._meta.get_field(drf_field.source)
    except FieldDoesNotExist:
        return False
    return bool(getattr(column, "null", False)) and not isinstance(drf_field, serializers.ListSerializer)
