"""Options of ours that the ``Meta`` of a project's model dropped."""

from __future__ import annotations

from typing import Any

from django.db import models

__all__ = ["lost_options"]

_LISTS = ("constraints", "indexes")


def lost_options(abstract: type[models.Model], model: type[models.Model]) -> str:
    """Names of constraints, indexes and options that the abstract model has and the concrete one hasn't; empty if none."""
    theirs, ours = model._meta, abstract._meta
    names = {"app_label": theirs.app_label, "class": theirs.model_name}
    names_of_ours = {constraint.name % names for constraint in ours.constraints}
    lost = sorted(names_of_ours - {constraint.name for constraint in theirs.constraints})
    have = [_shape(index) for index in theirs.indexes]
    lost += [f"the index on {', '.join(index.fields)}" for index in ours.indexes if _shape(index) not in have]
    options = set(ours.original_attrs) - {"abstract", *_LISTS} - set(theirs.original_attrs)
    return ", ".join([*lost, *sorted(options)])


def _shape(index: models.Index) -> Any:
    """An index without the name that each model's gets by itself."""
    path, args, values = index.deconstruct()
    return path, args, {key: value for key, value in values.items() if key != "name"}
