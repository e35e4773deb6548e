"""The base classes of all serializers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from django.apps import apps
from django.db import models
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.fields import Field, SkipField
from rest_framework.relations import PKOnlyObject
from rest_framework.utils.serializer_helpers import BindingDict

from tradepost.api.attributes import reader_of
from tradepost.api.parameters.choice import KEPT_READINGS, is_hidden
from tradepost.core.extending.exposed_fields import exposed_of

from .extra import extra_class
from .field_patterns import fields_of, is_of_ours
from .fields import FIELD_OF_COLUMN
from .registry import serializer_class

__all__ = ["Extra", "Input", "Nested", "Shape", "TradepostSerializer"]

M = TypeVar("M", bound=models.Model)

if TYPE_CHECKING:
    _Mixed = serializers.Serializer[Any]
else:
    _Mixed = object


class Nested(Field):  # type: ignore[type-arg]
    """Holds the place of the serializer that a key names, until the fields are built.

    Args:
        needs: Label of an optional app; where it isn't installed there is no such field.
        on_request: It is shown where ``?expand=`` names it; the view says what is fetched for it.
        permission: Who lacks it gets null.
    """

    def __init__(
        self, key: str, *, needs: str = "", on_request: bool = False, permission: str = "", **kwargs: Any
    ) -> None:
        self.key, self.needs, self.on_request, self.permission = key, needs, on_request, permission
        self.options = {**kwargs, "required": False} if on_request else kwargs
        super().__init__()

    @property
    def exists(self) -> bool:
        """Whether the app that it needs is installed."""
        return not self.needs or self.needs in apps.app_configs

    def resolve(self) -> Any:
        """The serializer, made with the options that were given here."""
        serializer = serializer_class(self.key)(**self.options)
        if self.on_request:
            serializer.on_request = True
        if self.permission:
            serializer.permission, serializer.allow_null = self.permission, True
        return serializer


class Extra(Nested):
    """Holds the place of what a project exposed of a model; where nothing is, there is no such field.

    Args:
        model: Its label.
        own: The rows are shown to their own buyer only.
    """

    def __init__(self, model: str, *, own: bool = False, **kwargs: Any) -> None:
        self.model, self.own = model, own
        super().__init__("", **kwargs)

    @property
    def exists(self) -> bool:
        """Whether anything of the model is exposed."""
        return bool(exposed_of(self.model))

    def resolve(self) -> Any:
        """The exposed values that the caller may read."""
        return extra_class(self.model, own=self.own)(**self.options)


class _ByKey(_Mixed):
    def get_fields(self) -> dict[str, Any]:
        """Fields, with the serializers of the project in place of keys."""
        fields = fields_of(self, super().get_fields)
        kept = {name: field for name, field in fields.items() if not isinstance(field, Nested) or field.exists}
        return {name: field.resolve() if isinstance(field, Nested) else field for name, field in kept.items()}

    @property
    def _readable_fields(self) -> list[Any]:
        fields: Any = self.fields
        if type(fields) is BindingDict:  # the dictionary within is faster to go through
            fields = fields.fields
        return [field for field in fields.values() if not (field.write_only or is_hidden(field))]

    def to_representation(self, instance: Any) -> Any:
        """As DRF does, field by field; plain attributes are read without its detours."""
        shown: dict[str, Any] = {}
        for name, read, represent in self._readings():
            try:
                value = read(instance)
            except SkipField:
                continue
            is_none = value is None or (value.__class__ is PKOnlyObject and value.pk is None)
            shown[name] = None if is_none else represent(value)
        return shown

    def _readings(self) -> list[tuple[str, Callable[[Any], Any], Callable[[Any], Any]]]:
        """Of each field its name, and how its value is read and shown; found out once for all rows with these fields.

        Fields of ours change by ``expand()`` and ``prune()`` alone. A project's class may take one away for one row.
        """
        kept: Any = self.__dict__.get(KEPT_READINGS)
        if kept is not None and kept[0] is None:
            return kept[1]  # type: ignore[no-any-return]
        fields = self._readable_fields
        if kept is None or kept[0] != fields:
            entries = [(field.field_name, reader_of(field), _shown_by(field)) for field in fields]
            kept = self.__dict__[KEPT_READINGS] = None if is_of_ours(type(self)) else fields, entries
        return kept[1]  # type: ignore[no-any-return]


def _shown_by(field: Any) -> Callable[[Any], Any]:
    """A function that shows a field's value: null to a caller without the permission that the field names."""
    permission: str = getattr(field, "permission", "")
    if not permission:
        return field.to_representation  # type: ignore[no-any-return]

    def shown(value: Any) -> Any:
        user = getattr(field.context.get("request"), "user", None)
        is_allowed = user is not None and user.has_perm(permission)
        return field.to_representation(value) if is_allowed else None

    return shown


class TradepostSerializer(_ByKey, serializers.ModelSerializer[M]):
    """Base of serializers of rows."""

    serializer_field_mapping = FIELD_OF_COLUMN


class Shape(_ByKey, serializers.Serializer[Any]):
    """Base of serializers of plain values. They say what shape they have, and hold no rule."""


class Input(Shape):
    """The body of a call, or a part of one: a name that it doesn't know is refused, not ignored."""

    refuses_unknown = True  # read by the schema

    def to_internal_value(self, data: Any) -> Any:
        """The values, when all names are known.

        Raises:
            ValidationError: A field has another shape, or a name is unknown (``unknown_field``).
        """
        if isinstance(data, Mapping) and (names := [str(name) for name in data if name not in self._writable_names()]):
            message = _("There is no such field.")
            raise ValidationError(
                {name[:100]: [ErrorDetail(str(message), code="unknown_field")] for name in names[:20]}
            )
        return super().to_internal_value(data)

    def _writable_names(self) -> set[str]:
        return {name for name, field in self.fields.items() if not field.read_only}
