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

from ..fields import EnumField
from ..kind_fields import field_of
from .base import Input

__all__ = ["PartField", "part_union"]


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
            fields[name] = field_of(column, enum="Promotion")
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
