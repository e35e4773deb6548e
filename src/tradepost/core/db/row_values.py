"""Writing plain values to a row as its form would: set, checked, and saved where something differs."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from contextvars import ContextVar
from typing import Any, NamedTuple, TypeVar

from django.db import IntegrityError, models, transaction
from django.db.models.deletion import ProtectedError, RestrictedError
from django.utils.translation import gettext_lazy as _

from ..errors import AlreadyTaken, InUse, Invalid, Misused

__all__ = ["by_keys", "delete_row", "merge_keys", "named_and_gone", "one_by_key", "watch_names", "write_values"]

M = TypeVar("M", bound=models.Model)
_NAMED = 20  # in a refusal
_named: ContextVar[list[_Name] | None] = ContextVar("tradepost_named_rows", default=None)


class _Name(NamedTuple):
    """A row that :func:`by_keys` has found."""

    model: type[models.Model]
    pk: Any
    key: str
    attr: str


def write_values(row: models.Model, values: Mapping[str, Any], *, writable: Collection[str]) -> set[str]:
    """Set fields of a row, check them with what the model's ``clean()`` and its constraints say, and save what differs.

    Fields that aren't named are neither checked nor written. Where nothing differs there is no statement. The caller has
    locked a row that exists.

    Args:
        row: New, or stored.
        values: By the names of fields, of relations by their objects.
        writable: The names that a caller may set.

    Returns:
        Names of the fields that were written; all of them for a new row.

    Raises:
        ValidationError: Under the fields that are wrong; ``unique`` where another row has the value.
        AlreadyTaken: Somebody else stored such a row at the same moment.
        Misused: A name isn't writable.
    """
    if unknown := sorted(values.keys() - set(writable)):
        raise Misused(f"{type(row).__name__} isn't written by {unknown}; writable: {sorted(writable)}.")
    is_new = row._state.adding
    fields = {field.name: field for field in row._meta.concrete_fields}
    before = {name: getattr(row, field.attname) for name, field in fields.items()}
    for name, value in values.items():
        setattr(row, name, value)
    untouched = set() if is_new else {name for name in fields if name not in values}
    row.full_clean(exclude=untouched)
    changed = {name for name, field in fields.items() if is_new or getattr(row, field.attname) != before[name]}
    if changed:
        moments = {name for name, field in fields.items() if getattr(field, "auto_now", False)}
        try:
            with transaction.atomic():  # so that who catches the refusal may go on
                row.save(**({"force_insert": True} if is_new else {"update_fields": sorted(changed | moments)}))
        except IntegrityError as error:
            raise AlreadyTaken(_("Somebody else has just stored one with the same key.")) from error
    return changed


def delete_row(row: models.Model) -> None:
    """Delete a row with what goes along with it.

    Raises:
        InUse: Rows that stay point at it, a project's own among them; ``context["by"]`` names their model. Nothing is deleted.
    """
    try:
        row.delete()
    except (ProtectedError, RestrictedError) as error:
        users = list(error.protected_objects if isinstance(error, ProtectedError) else error.restricted_objects)
        by = str(users[0]._meta.verbose_name_plural) if users else ""
        raise InUse(_("Something else needs it, so it stays."), by=by, count=len(users)) from error


def by_keys(model: type[M], field: str, keys: Iterable[str], *, attr: str) -> list[M]:
    """Rows by their public keys, in the order of the keys; each once, whatever is named twice. One query.

    Raises:
        Invalid: Some don't exist. ``context["unknown"]`` lists them.
    """
    wanted_keys = list(dict.fromkeys(keys))
    rows = {getattr(row, field): row for row in model._default_manager.filter(**{f"{field}__in": wanted_keys})}
    if missing := [key for key in wanted_keys if key not in rows]:
        text = _("There is no such entry: %(keys)s.") % {"keys": ", ".join(missing[:_NAMED])}
        raise Invalid(text, attr=attr, unknown=missing[:_NAMED])
    if (names := _named.get()) is not None:
        names += (_Name(model, rows[key].pk, str(key), attr) for key in wanted_keys)
    return [rows[key] for key in wanted_keys]


def watch_names() -> None:
    """Remember from here on, in this context, which rows :func:`by_keys` finds, for :func:`named_and_gone`."""
    _named.set([])


def named_and_gone() -> Invalid | None:
    """The refusal for rows that were named and found, and that somebody has deleted since; ``None`` where all are there.

    A caller whose write failed for a foreign key finds out by it whether that is somebody else's doing. A query for each model.
    """
    by_model: dict[tuple[type[models.Model], str], list[_Name]] = {}
    for name in _named.get() or ():
        by_model.setdefault((name.model, name.attr), []).append(name)
    for (model, attr), names in by_model.items():
        there = {*model._base_manager.filter(pk__in=[name.pk for name in names]).values_list("pk", flat=True)}
        if gone := [name.key for name in names if name.pk not in there]:
            text = _("This was deleted meanwhile: %(keys)s.") % {"keys": ", ".join(gone[:_NAMED])}
            return Invalid(text, attr=attr, unknown=gone[:_NAMED])
    return None


def one_by_key(model: type[M], field: str, key: str, *, attr: str) -> M:
    """A row by its public key.

    Raises:
        Invalid: It doesn't exist.
    """
    return by_keys(model, field, [key], attr=attr)[0]


def merge_keys(before: Any, given: Mapping[str, Any]) -> dict[str, Any]:
    """The keys of a JSON object with those that are given; one that is given as ``None`` is taken away."""
    merged = {**(before if isinstance(before, dict) else {}), **given}
    return {key: value for key, value in merged.items() if value is not None}
