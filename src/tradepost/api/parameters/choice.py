"""``?fields=`` and ``?expand=``: only what a caller asks for, and what is shown on request alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import ErrorDetail, ValidationError

__all__ = [
    "ALL_SOURCES",
    "EXPAND",
    "FIELDS",
    "Sources",
    "expand",
    "expandable",
    "is_hidden",
    "names_of",
    "prune",
    "reads",
    "sources_of",
]

FIELDS, EXPAND = "fields", "expand"
_NAMES = 200  # of one call; and so many levels
_LEVELS = 10
_SOURCE_LEVELS = 3  # of what is looked at; a tree has no end
_Tree = dict[str, Any]
F = TypeVar("F", bound=Callable[..., Any])
KEPT_READINGS = "_kept_readings"
"""Where a serializer keeps how its fields are read, until another choice of them is made here."""


def names_of(params: Any, name: str) -> list[str]:
    """The names in a parameter: separated by commas, or given several times; each once, in their order."""
    parts = (part.strip() for value in params.getlist(name) for part in value.split(","))
    return list(dict.fromkeys(part for part in parts if part))


def prune(serializer: Any, names: Iterable[str]) -> None:
    """Leave a serializer only the fields of these names, dotted for nested ones: ``variants.sku``.

    Raises:
        ValidationError: There is no such field.
    """
    given = list(names)
    if len(given) > _NAMES or any(name.count(".") >= _LEVELS for name in given):
        raise ValidationError({FIELDS: [_("Too many fields.")]})
    _keep(serializer, _tree(given), "")


def _tree(names: Iterable[str]) -> _Tree:
    """Nested mappings; an empty one stands for a field with all that it has."""
    tree: _Tree = {}
    whole: list[_Tree] = []
    for name in names:
        branch = tree
        for part in name.split("."):
            branch = branch.setdefault(part, {})
        whole.append(branch)
    for branch in whole:
        branch.clear()  # asked for whole beside a part of it
    return tree


def _keep(serializer: Any, tree: _Tree, prefix: str) -> None:
    fields = getattr(getattr(serializer, "child", serializer), "fields", {})
    shown = [name for name, field in fields.items() if not field.write_only and not is_hidden(field)]
    for name, branch in tree.items():
        if name not in shown:
            raise _refusal(FIELDS, f"{prefix}{name}", [f"{prefix}{each}" for each in shown])
        if branch:
            _keep(fields[name], branch, f"{prefix}{name}.")
    for name in [name for name in fields if name not in tree]:
        fields.pop(name)
    _forget_readings(serializer)


@dataclass(frozen=True, slots=True)
class Sources:
    """The attributes that an answer reads of its object, so that what isn't read needn't be fetched or computed.

    Attributes:
        paths: Dotted; a ``*`` at the end stands for anything of what is before it. ``None`` for all.
    """

    paths: frozenset[str] | None = None

    def include(self, *attributes: str) -> bool:
        """Whether one of these attributes is read, or something of it."""
        return self.paths is None or any(_covers(path, name) for path in self.paths for name in attributes)


def _covers(path: str, name: str) -> bool:
    if path.endswith("*"):
        return f"{name}.".startswith(path[:-1]) or path.startswith(f"{name}.")
    return path == name or path.startswith(f"{name}.")


ALL_SOURCES = Sources()


def reads(*attributes: str) -> Callable[[F], F]:
    """Say which attributes of its object a serializer's method reads; of one that doesn't say it, it may be any."""

    def mark(method: F) -> F:
        method.reads = attributes  # type: ignore[attr-defined]
        return method

    return mark


def sources_of(serializer: Any) -> Sources:
    """The attributes that a serializer reads: by the sources of its fields, so that a project's own are seen, too."""
    return Sources(frozenset(_paths(serializer, "", 0)))


def _paths(serializer: Any, prefix: str, level: int) -> Iterator[str]:
    fields: Mapping[str, Any] = getattr(getattr(serializer, "child", serializer), "fields", {})
    for field in fields.values():
        if field.write_only or is_hidden(field):
            continue
        if field.source == "*":
            method = getattr(field.parent, getattr(field, "method_name", None) or "", None)
            yield from (f"{prefix}{name}" for name in getattr(method, "reads", ("*",)))
            continue
        path = f"{prefix}{field.source}"
        is_nested = hasattr(getattr(field, "child", field), "fields") and level < _SOURCE_LEVELS
        yield path if is_nested else f"{path}.*"
        if is_nested:
            yield from _paths(field, f"{path}.", level + 1)


def is_hidden(field: Any) -> bool:
    """Whether a field is shown on request only, and wasn't asked for."""
    return bool(getattr(field, "on_request", False))


def expandable(serializer: Any) -> dict[str, Any]:
    """Fields of a serializer that are shown on request, by name."""
    fields: Mapping[str, Any] = getattr(getattr(serializer, "child", serializer), "fields", {})
    return {name: field for name, field in fields.items() if is_hidden(field)}


def expand(serializer: Any, names: Iterable[str]) -> None:
    """Let a serializer show what is shown on request.

    Raises:
        ValidationError: There is no such thing here.
    """
    fields = expandable(serializer)
    for name in names:
        if name not in fields:
            raise _refusal(EXPAND, name, fields)
        fields[name].on_request = False
    _forget_readings(serializer)


def _forget_readings(serializer: Any) -> None:
    vars(getattr(serializer, "child", serializer)).pop(KEPT_READINGS, None)


def _refusal(param: str, name: str, names: Iterable[str]) -> ValidationError:
    alternatives = ", ".join(names)
    text = (
        _("There is no “%(name)s” here. There are: %(names)s.") if alternatives else _("There is no “%(name)s” here.")
    )
    message = text % {"name": name[:100], "names": alternatives}
    return ValidationError({param: [ErrorDetail(message, code="invalid_choice")]})
