"""Writing exposed fields by their names: columns of a project's own, keys of ``metadata``, sidecars."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from ..db.row_values import merge_keys, write_values
from .exposed_fields import Exposed, exposed_of, readable

__all__ = ["own_extra", "writable", "write_sidecars"]


def writable(model: str | type[models.Model], user: Any) -> tuple[Exposed, ...]:
    """List the exposed fields that somebody may write: staff who may read them, and edit the sidecar where it is in one."""
    return tuple(
        entry
        for entry in readable(model, user)
        if entry.write and (not entry.relation or (entry.is_beside and _may_edit(entry.holder, user)))
    )


def _may_edit(holder: type[models.Model], user: Any) -> bool:
    meta = holder._meta
    names = [f"{meta.app_label}.{verb}_{meta.model_name}" for verb in ("add", "change")]
    return bool(user is not None and user.has_perms(names))


def own_extra(
    row: models.Model, extra: Mapping[str, Any], *, metadata: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Values of the row itself among those of exposed fields: by column, and all of ``metadata`` where a key of it is written.

    Args:
        extra: By the names of exposed fields that are written; a key of ``metadata`` goes with ``None``.
        metadata: What ``metadata`` is to be otherwise; what it is, where nothing is given.

    Raises:
        ValidationError: Under ``extra.{name}``: there is no such field to be written, or it can't have the value.
    """
    entries = _entries(row, extra)
    columns = {
        entry.field.name: _cleaned(entry, extra[name]) for name, entry in entries.items() if not _is_apart(entry)
    }
    keys = {entry.key: extra[name] for name, entry in entries.items() if entry.key}
    if not keys:
        return columns
    before = getattr(row, "metadata", None) if metadata is None else metadata
    return {**columns, "metadata": merge_keys(before, keys)}


def write_sidecars(row: models.Model, extra: Mapping[str, Any]) -> bool:
    """Write the sidecars of a stored row, one for each relation; made where there is none and something is given.

    Args:
        extra: As for :func:`own_extra`.

    Returns:
        Whether something was written.

    Raises:
        ValidationError: Under ``extra.{name}``.
    """
    by_relation: dict[str, dict[str, Exposed]] = defaultdict(dict)
    for name, entry in _entries(row, extra).items():
        if entry.relation:
            by_relation[entry.relation][name] = entry
    written = [_write_sidecar(row, entries, extra) for entries in by_relation.values()]
    return any(written)


def _write_sidecar(row: models.Model, entries: Mapping[str, Exposed], extra: Mapping[str, Any]) -> bool:
    first = next(iter(entries.values()))
    holder, link = first.holder, first.link
    values = {entry.field.name: _cleaned(entry, extra[name]) for name, entry in entries.items()}
    sidecar = holder._default_manager.filter(**{link: row.pk}).first()
    if sidecar is None:
        if all(value is None for value in values.values()):
            return False
        sidecar = holder(**{link: row})
    try:
        written = write_values(sidecar, values, writable=values.keys())
    except ValidationError as error:
        names = {entry.field.name: f"extra.{name}" for name, entry in entries.items()}
        raise ValidationError({names.get(key, key): value for key, value in error.error_dict.items()}) from error
    row._state.fields_cache.pop(first.relation, None)
    return bool(written)


def _entries(row: models.Model, extra: Mapping[str, Any]) -> dict[str, Exposed]:
    entries = {entry.name: entry for entry in exposed_of(type(row)) if entry.name in extra and entry.write}
    if missing := sorted(extra.keys() - entries.keys()):
        message = _("There is no such field.")
        raise ValidationError(
            {f"extra.{name[:100]}": ValidationError(message, code="unknown_field") for name in missing}
        )
    return entries


def _is_apart(entry: Exposed) -> bool:
    return bool(entry.key or entry.relation)


def _cleaned(entry: Exposed, value: Any) -> Any:
    """The value as its column has it; for none what the column has instead.

    Raises:
        ValidationError: The column can't have it.
    """
    field = entry.field
    if value is None and not field.null:
        value = field.get_default() if field.has_default() or field.empty_strings_allowed else None
    try:
        return field.clean(value, None)
    except ValidationError as error:
        raise ValidationError({f"extra.{entry.name}": error.error_list}) from error
    except (TypeError, ValueError, ArithmeticError) as error:
        refusal = ValidationError(_("This is not valid."), code="invalid")
        raise ValidationError({f"extra.{entry.name}": refusal}) from error
