"""Checks of declarations by :func:`tradepost.core.extending.exposed_fields.expose`."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from typing import Any

from django.core.checks import CheckMessage, Error
from django.db import models

from .exposed_fields import (
    Exposed,
    Unresolved,
    declarations,
)

__all__ = ["check_exposed"]

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*\Z")


def check_exposed(**kwargs: Any) -> list[CheckMessage]:
    """Each declaration names a field that is there, under a name of its own, and its sidecar's rows can be made."""
    messages: list[CheckMessage] = []
    names: dict[tuple[str, str], Exposed] = {}
    sidecars: dict[tuple[str, str], list[Exposed]] = {}
    for entry in declarations():
        where = f"expose({entry.model!r}, {entry.path!r})"
        before = names.setdefault((entry.model, entry.name), entry)
        if before is not entry:
            taken = f"{where}: the name {entry.name!r} is taken by {before.path!r}."
            messages.append(Error(taken, hint='Give it another: expose(…, name="…").', id="tradepost.E014"))
            continue
        try:
            _look(entry)
        except Unresolved as wrong:
            messages.append(Error(f"{where}: {wrong}.", hint=_hint(wrong), id="tradepost.E013"))
            continue
        if entry.relation and entry.write:
            sidecars.setdefault((entry.model, entry.relation), []).append(entry)
    for entries in sidecars.values():
        messages += _check_can_be_made(entries)
    return messages


def _look(entry: Exposed) -> None:
    field = entry.field
    if entry.key and (not isinstance(field, models.JSONField) or not _NAME.match(entry.key) or "__" in entry.key):
        raise Unresolved("a key of metadata has letters, digits, - and single _ only")
    if not _NAME.match(entry.name):
        raise Unresolved(f"the name {entry.name!r} has other characters than letters, digits, - and _")
    if entry.filter and not entry.key and isinstance(field, (models.JSONField, models.FileField, models.BinaryField)):
        raise Unresolved("lists can't be filtered by such a column")
    if entry.write and not (field.editable and not field.primary_key):
        raise Unresolved("it can't be edited, so that write must be None")


def _hint(wrong: Unresolved) -> str | None:
    by_small = {name.lower(): name for name in wrong.alternatives}
    near = difflib.get_close_matches(wrong.wrong.lower(), by_small, n=1, cutoff=0.5)
    if near:
        return f"Did you mean {by_small[near[0]]!r}?"
    return f"There are: {', '.join(sorted(wrong.alternatives))}." if 0 < len(wrong.alternatives) <= 30 else None


def _check_can_be_made(entries: list[Exposed]) -> Iterator[CheckMessage]:
    """A sidecar that staff write gets its row from these fields alone."""
    holder, link = entries[0].holder, entries[0].link
    written = {entry.field.name for entry in entries}
    for field in holder._meta.concrete_fields:
        filled = field.has_default() or field.null or field.blank or field.primary_key or not field.editable
        if not filled and field.name not in written | {link}:
            yield Error(
                f"{holder._meta.label}.{field.name} is required and not exposed for writing, so that staff can't make a row.",
                hint=f"Give it a default, or expose {entries[0].relation}__{field.name} with write=STAFF.",
                id="tradepost.E015",
            )
