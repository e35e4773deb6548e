"""Fields that a project exposed, as columns and filters of lists."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db import models

from tradepost.core.extending.exposed_fields import Exposed

from ..registry import Column, Filter

__all__ = ["exposed_column", "exposed_filter", "exposed_text"]


def exposed_column(entry: Exposed) -> Column:
    """A column with its values; without an order, for nobody knows of an index."""
    return Column(
        key=f"extra.{entry.name}",
        title=entry.label,
        value=lambda row: exposed_text(entry, row),
        is_default=False,
        is_number=not entry.key and isinstance(entry.field, (models.IntegerField, models.DecimalField)),
    )


def exposed_filter(entry: Exposed) -> Filter:
    """A filter by one of its values."""
    return Filter(
        key=f"extra.{entry.name}",
        field=lambda: _field(entry),
        apply=lambda rows, value: rows.filter(**{entry.lookup: value}),
    )


def exposed_text(entry: Exposed, row: Any) -> Any:
    """A row's value for people: a choice by its label."""
    value = entry.value(row)
    if value is None:
        return ""
    return value if entry.key else dict(entry.field.flatchoices).get(value, value)


def _field(entry: Exposed) -> forms.Field:
    field = None if entry.key else entry.field
    if isinstance(field, models.BooleanField):
        return forms.NullBooleanField(label=entry.label)
    form_field = field.formfield(label=entry.label, initial=None) if field is not None else None
    return form_field if isinstance(form_field, forms.Field) else forms.CharField(label=entry.label, max_length=200)
