"""Exposed fields in files of our own format: ``extra.{name}``, ``variant_extra.{name}``.

See :mod:`tradepost.core.extending.exposed_fields`.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from tradepost.core.extending.exposed_fields import Exposed, exposed_of

from ..cells.records import Record
from ..rows import ProductRow, VariantRow

__all__ = ["cell", "columns", "own_values", "read_extras", "write_extras"]

_PREFIXES: Mapping[str, str] = {
    "tradepost_catalogue.product": "extra.",
    "tradepost_catalogue.variant": "variant_extra.",
}
_STAYS = object()  # for an empty cell of a field that can't be empty

Pairs = Sequence[tuple[ProductRow | VariantRow, Any]]


def columns(model: type[models.Model]) -> dict[str, Exposed]:
    """The exposed fields of products or variants by their columns; files and bytes can't stand in a cell."""
    entries = {}
    for entry in exposed_of(model):
        if entry.key or not isinstance(entry.field, (models.FileField, models.BinaryField)):
            entries[f"{_PREFIXES[entry.model]}{entry.name}"] = entry
    return entries


def cell(entry: Exposed, row: models.Model) -> str:
    """The value of a row in a file; :func:`read_extras` reads the same value back."""
    value = entry.value(row)
    if value is None:
        return ""
    if entry.key or isinstance(value, (dict, list)):
        return value if isinstance(value, str) and not _is_json(value) else json.dumps(value, ensure_ascii=False)
    return str(value).lower() if isinstance(value, bool) else str(value)


def read_extras(record: Record, model: type[models.Model]) -> dict[str, Any]:
    """Values by name, of those that are exposed for writing; ``None`` for an empty cell.

    Raises:
        BadCell: The field can't have a value.
    """
    values = {}
    for column, entry in columns(model).items():
        if record.has(column) and entry.write and (not entry.relation or entry.is_beside):
            values[entry.name] = _value(record, column, entry)
    return values


def _value(record: Record, column: str, entry: Exposed) -> Any:
    text = record.text(column)
    if not text:
        return None
    if entry.key:
        return json.loads(text) if _is_json(text) else text
    field = entry.field
    try:
        return field.clean(field.formfield().clean(text), None)  # type: ignore[union-attr]
    except ValidationError as error:
        raise record.bad(column, " ".join(error.messages)) from error


def _is_json(text: str) -> bool:
    """Whether a text would be read as something else than itself."""

    def refuse(constant: str) -> None:
        raise ValueError(constant)

    try:
        json.loads(text, parse_constant=refuse)  # no NaN, which databases don't take
    except ValueError:
        return False
    return True


def own_values(extra: Mapping[str, Any], row: Any) -> dict[str, Any]:
    """Values for the row's own columns: those of a replaced model, and its ``metadata``. Other keys of that stay."""
    values: dict[str, Any] = {}
    keys: dict[str, Any] = {}
    for entry in exposed_of(type(row)):
        if entry.name not in extra or entry.relation:
            continue
        value = extra[entry.name]
        if entry.key:
            keys[entry.key] = value
        elif (filled := _filled(entry.field, value)) is not _STAYS:
            values[entry.field.name] = filled
    if keys:
        merged = {**row.metadata, **keys}
        values["metadata"] = {key: value for key, value in merged.items() if value is not None}
    return values


def _filled(field: models.Field[Any, Any], value: Any) -> Any:
    """The value, or what the field has instead of none."""
    if value is not None or field.null:
        return value
    if field.blank and field.empty_strings_allowed:
        return ""
    return field.get_default() if field.has_default() else _STAYS


def write_extras(pairs: Pairs, problem: Callable[[int, str, str], None]) -> set[int]:
    """Write the sidecars of products or variants: one query to look, and at most two to write, for each kind.

    Args:
        pairs: What the file says, and the row of the database.
        problem: Told the line, column and reason of what can't be written.

    Returns:
        Primary keys of the rows whose sidecars changed.
    """
    by_relation: dict[str, list[Exposed]] = defaultdict(list)
    for entry in exposed_of(type(pairs[0][1])) if pairs else ():
        if entry.relation and entry.is_beside and entry.write:
            by_relation[entry.relation].append(entry)
    changed: set[int] = set()
    for entries in by_relation.values():
        given = [(row, ours) for row, ours in pairs if any(entry.name in row.extra for entry in entries)]
        changed |= _write(entries, given, problem) if given else set()
    return changed


def _write(entries: Sequence[Exposed], pairs: Pairs, problem: Callable[[int, str, str], None]) -> set[int]:
    holder, link = entries[0].holder, entries[0].link
    rows = holder._default_manager.filter(**{f"{link}__in": [ours.pk for _, ours in pairs]})
    have = {getattr(row, f"{link}_id"): row for row in rows}
    taken = _taken(entries, pairs)
    new: list[Any] = []
    changed: list[Any] = []
    touched: set[str] = set()
    for row, ours in pairs:
        sidecar: Any = have.get(ours.pk)
        if sidecar is None and all(row.extra.get(entry.name) is None for entry in entries):
            continue
        values = {entry: _filled(entry.field, row.extra.get(entry.name)) for entry in entries}
        if sidecar is not None:
            values = {e: value for e, value in values.items() if e.name in row.extra and value is not _STAYS}
        if refusal := _refusal(values, ours.pk, taken):
            problem(row.line, *refusal)
        elif sidecar is None:
            new.append(holder(**{entry.field.name: value for entry, value in values.items()}, **{link: ours}))
        else:
            differing = {e.field.name: v for e, v in values.items() if getattr(sidecar, e.field.name) != v}
            for name, value in differing.items():
                setattr(sidecar, name, value)
            changed += [sidecar] if differing else []
            touched |= differing.keys()
    holder._default_manager.bulk_create(new)
    if changed:
        holder._default_manager.bulk_update(changed, sorted(touched))
    return {getattr(sidecar, f"{link}_id") for sidecar in [*new, *changed]}


def _taken(entries: Sequence[Exposed], pairs: Pairs) -> dict[tuple[str, Any], int]:
    """Whose the values of unique fields are already: primary keys of our rows by name and value."""
    owners: dict[tuple[str, Any], int] = {}
    for entry in entries:
        if entry.field.unique:
            values = {row.extra[entry.name] for row, _ in pairs if row.extra.get(entry.name) is not None}
            rows = entry.holder._default_manager.filter(**{f"{entry.field.name}__in": values})
            owners |= {(entry.name, value): pk for value, pk in rows.values_list(entry.field.name, f"{entry.link}_id")}
    return owners


def _refusal(values: Mapping[Exposed, Any], pk: int, taken: dict[tuple[str, Any], int]) -> tuple[str, str] | None:
    """The column and the reason why a sidecar can't have these values."""
    for entry, value in values.items():
        column = f"{_PREFIXES[entry.model]}{entry.name}"
        if value is _STAYS:
            return column, "is required"
        if entry.field.unique and value is not None and taken.setdefault((entry.name, value), pk) != pk:
            return column, f"{value!r} is another one's already"
    return None
