"""Columns that only services count in, under the lock of their row."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.db import models

__all__ = ["without_counters"]


def without_counters(row: models.Model, counters: Collection[str], kwargs: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments for saving a row without the columns that only services count, under its lock.

    A form that was opened before the last order would write an old number otherwise.
    """
    if row._state.adding or kwargs.get("update_fields") is not None:
        return dict(kwargs)
    columns = {field.name for field in row._meta.concrete_fields if not field.primary_key}.difference(counters)
    return {**kwargs, "update_fields": columns}
