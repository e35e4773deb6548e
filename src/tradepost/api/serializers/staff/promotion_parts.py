"""Conditions and benefits of promotions: a shape for each kind, a project's own among them, made of its columns."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import PolymorphicProxySerializer
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError

from tradepost.api.money import MoneyField
from tradepost.core.db.polymorphic import kind_code, kinds_of
from tradepost.promotions.services import part_columns

from ..fields import CountField, EnumField
from .base import Input, TextField, TruthField

__all__ = ["PartField", "part_union"]

_MOST = 500
_DAYS = 7


class _KeyField(TextField):
    """A related row by its slug."""

    def to_representation(self, value: Any) -> str:
        """Its slug."""
        return str(value.slug)


def _json_field(column: models.Field[Any, Any], options: dict[str, Any]) -> serializers.Field[Any, Any, Any, Any]:
    if column.name == "weekdays":
        return serializers.ListField(child=CountField(min_value=1, max_value=_DAYS), max_length=_DAYS, **options)
    if column.name == "tiers":
        pair = serializers.ListField(child=TextField(max_length=30), min_length=2, max_length=2)
        return serializers.ListField(child=pair, max_length=_MOST, **options)
    if column.default is list:
        return serializers.ListField(child=TextField(max_length=255), max_length=_MOST, **options)
    return serializers.DictField(**options) if column.default is dict else serializers.JSONField(**options)


def _field_of(column: models.Field[Any, Any]) -> serializers.Field[Any, Any, Any, Any]:
    """The field of a column."""
    needed = not (column.blank or column.null or column.has_default())
    options: dict[str, Any] = {"required": needed, "help_text": str(column.help_text)}
    if column.null:
        options["allow_null"] = True
    if isinstance(column, models.JSONField):
        return _json_field(column, options)
    if isinstance(column, models.ForeignKey):
        return _KeyField(max_length=255, **options)
    if column.choices:
        return EnumField(f"Promotion{column.name.capitalize()}", column.choices, **options)
    if isinstance(column, models.BooleanField):
        return TruthField(**options)
    if isinstance(column, models.DecimalField):
        return serializers.DecimalField(
            max_digits=column.max_digits, decimal_places=column.decimal_places, normalize_output=True, **options
        )
    if isinstance(column, models.IntegerField):
        return CountField(min_value=0, **options)
    if isinstance(column, models.TimeField):
        return serializers.TimeField(**options)
    return TextField(max_length=column.max_length, allow_blank=column.blank, **options)


def _shape_of(kind: type[models.Model]) -> type[Input]:
    """The shape of one kind."""
    columns = {column.name: column for column in part_columns(kind)}
    code = str(kind._meta.model_name)
    fields: dict[str, Any] = {"kind": EnumField(f"{kind.__name__}Kind", [code])}
    is_money = {"amount", "currency"} <= columns.keys()
    for name, column in columns.items():
        if is_money and name == "amount":
            fields[name] = MoneyField(help_text=str(column.help_text))
        elif not (is_money and name == "currency"):
            fields[name] = _field_of(column)
    text = f"{kind._meta.verbose_name}."
    return type(f"{kind.__name__}PartSerializer", (Input,), {**fields, "__doc__": text.capitalize()})


@cache
def _shapes(model: type[models.Model]) -> Mapping[str, type[Input]]:
    return {str(kind._meta.model_name): _shape_of(kind) for kind in kinds_of(model)}


class PartField(serializers.Field[Any, Any, Any, Any]):
    """A condition or benefit: its ``kind``, and the fields of that kind.

    Args:
        model: ``Condition`` or ``Benefit``.
    """

    def __init__(self, model: type[models.Model], **kwargs: Any) -> None:
        self.model = model
        super().__init__(**kwargs)

    def to_representation(self, value: Any) -> dict[str, Any]:
        """Of a row, as its own kind."""
        code = kind_code(value)
        value.kind = code
        shown: dict[str, Any] = _shapes(self.model)[code](value, context=self.context).data
        return shown

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """From JSON: by columns.

        Raises:
            ValidationError: It is no object, of no known kind, or a field of the kind is wrong.
        """
        if not isinstance(data, Mapping):
            raise ValidationError(_("A JSON object is expected."))
        shape = _shapes(self.model).get(str(data.get("kind", "")))
        if shape is None:
            raise ValidationError({"kind": [ErrorDetail(str(_("There is no such kind.")), code="invalid_choice")]})
        form = shape(data=data, context=self.context)
        form.is_valid(raise_exception=True)
        values = dict(form.validated_data)
        amount: Any = values.get("amount")
        if hasattr(amount, "currency"):
            values |= {"amount": amount.amount, "currency": str(amount.currency)}
        return values


def part_union(model: type[models.Model]) -> PolymorphicProxySerializer:
    """The schema of all kinds: one of them, told by ``kind``."""
    return PolymorphicProxySerializer(
        component_name=f"Promotion{model.__name__}",
        serializers=dict(_shapes(model)),
        resource_type_field_name="kind",
    )
