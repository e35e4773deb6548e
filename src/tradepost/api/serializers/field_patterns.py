"""Patterns of a serializer's fields, kept by class: each request copies them, where DRF looks at models and builds anew.

Only what DRF or Tradepost wrote is copied this way. A project's class that decides for itself how fields are built is asked
each time, and a field of a project's own is copied as DRF copies it.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from django.core.signals import setting_changed
from rest_framework.fields import Field
from rest_framework.serializers import BaseSerializer, ModelSerializer

__all__ = ["declared_by", "fields_of", "forget_patterns", "is_of_ours"]

_OWN = ("rest_framework.", "tradepost.")
_META = ("model", "fields", "exclude", "read_only_fields", "extra_kwargs", "depth")
_HOOKS = frozenset(
    name for name in vars(ModelSerializer) if name.startswith(("build_", "get_", "include_", "_get_"))
) - {
    "get_fields"  # who overrides it changes the copies
}
_kept: WeakKeyDictionary[type, tuple[Any, Mapping[str, _Pattern]]] = WeakKeyDictionary()


class _Pattern(NamedTuple):
    """A field that is never handed out.

    Attributes:
        own: What each copy has for itself: lists and dictionaries; ``None`` where DRF has to copy the field.
    """

    field: Any
    own: tuple[str, ...] | None

    def copied(self) -> Any:
        """The field for one serializer."""
        if self.own is None:
            return copy.deepcopy(self.field)
        field = self.field.__class__.__new__(self.field.__class__)
        values = field.__dict__
        values.update(self.field.__dict__)
        for name in self.own:
            values[name] = values[name].copy()
        return field


def fields_of(serializer: Any, build: Callable[[], Mapping[str, Any]]) -> dict[str, Any]:
    """The fields of a serializer, unbound and its own.

    Args:
        build: Gives them as DRF does.
    """
    cls = type(serializer)
    if not _is_plain(cls):
        return dict(build())
    key = declared_by(serializer)
    kept = _kept.get(cls)
    if kept is None or kept[0] != key:
        kept = _kept[cls] = key, {name: _pattern(field) for name, field in build().items()}
    return {name: pattern.copied() for name, pattern in kept[1].items()}


def forget_patterns(**_kwargs: Any) -> None:
    """Build anew at the next use: a setting has changed."""
    _kept.clear()


def declared_by(serializer: Any) -> tuple[Any, ...]:
    """The declarations that DRF builds fields from; a project may change them when it starts."""
    meta = getattr(serializer, "Meta", None)
    declared = getattr(serializer, "_declared_fields", {})  # what its get_fields() reads; a list has none
    return (*declared, *map(id, declared.values()), *(getattr(meta, name, None) for name in _META))


def is_of_ours(cls: type) -> bool:
    """Whether nothing but DRF and Tradepost made a class."""
    return all(f"{base.__module__}.".startswith(_OWN) for base in cls.__mro__ if base is not object)


def _is_plain(cls: type) -> bool:
    """Whether no class of a project's decides how fields are built."""
    return not any(_HOOKS & vars(base).keys() for base in cls.__mro__ if not f"{base.__module__}.".startswith(_OWN))


def _pattern(field: Any) -> _Pattern:
    return _Pattern(field, _mutable(field) if _is_simple(field) else None)


def _is_simple(field: Any) -> bool:
    """Whether a field has no fields within, and nothing but DRF and Tradepost made it."""
    cls = type(field)
    within = isinstance(field, BaseSerializer) or any(isinstance(value, Field) for value in vars(field).values())
    return is_of_ours(cls) and not within and cls.__deepcopy__ is Field.__deepcopy__


def _mutable(field: Any) -> tuple[str, ...]:
    return tuple(name for name, value in vars(field).items() if type(value) in (dict, list))


setting_changed.connect(forget_patterns)
