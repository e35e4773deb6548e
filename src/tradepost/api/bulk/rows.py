"""Rows of a bulk call: each is read, written and answered for itself."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeAlias

from django.core.exceptions import ValidationError as DjangoValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import APIException, ValidationError

from tradepost.api.errors import exception_handler
from tradepost.core import db
from tradepost.core.actors import By
from tradepost.core.errors import AlreadyTaken, Invalid, Misused, TradepostError

__all__ = ["BulkCall", "BulkRow", "Write", "read_rows", "result_of", "write_all_or_none", "write_each"]

_REFUSED = (TradepostError, DjangoValidationError, APIException, IntegrityError)


@dataclass(slots=True)
class BulkRow:
    """One row of a bulk call.

    Attributes:
        index: Its place in the call, from 0 on.
        values: As its serializer gives them; ``None`` where it has another shape.
        error: Why it wasn't written; ``None`` while nothing is wrong with it.
        data: What is told of it, once it is written.
        is_new: Whether it made a row.
    """

    index: int
    values: Any = None
    error: Exception | None = None
    data: Any = None
    is_new: bool = False

    def tell(self, place: Mapping[str, Any], outcome: bool | Exception) -> None:  # noqa: FBT001 - as services say it
        """Note what a service says of the row: whether it changed something, or why it couldn't."""
        if isinstance(outcome, Exception):
            self.error = outcome
        else:
            self.data = {**place, "changed": outcome}


@dataclass(frozen=True, slots=True)
class BulkCall:
    """The call that rows came with.

    Attributes:
        by: Who made it, for histories and ledgers.
        key: For services that do work once; empty for none.
    """

    by: By
    key: str = ""


Write: TypeAlias = Callable[[Sequence[BulkRow], BulkCall], None]
"""Writes rows in the caller's transaction: sets ``data`` of each, or ``error``. It may be called again, with each row alone,
where the database refused them together."""


def read_rows(form: Any, items: Sequence[Any], identity: Callable[[Any], Hashable], *, first: int = 0) -> list[BulkRow]:
    """Rows with their values, or with why they have none.

    Args:
        form: The serializer that reads one.
        identity: The public key of a row's object. Each is named once.
        first: Place of the first one in the whole call.
    """
    rows = [BulkRow(first + place) for place in range(len(items))]
    seen: set[Hashable] = set()
    for row, item in zip(rows, items, strict=True):
        try:
            row.values = form.run_validation(item)
        except ValidationError as error:
            row.error = error
            continue
        if (name := identity(row.values)) in seen:
            row.error = Invalid(_("Another row of this call is about the same."))
        seen.add(name)
    return rows


def write_all_or_none(write: Write, rows: Sequence[BulkRow], call: BulkCall, *, row_by_row: bool) -> None:
    """Write all rows in one transaction, which is undone where one can't be written; each has its error then."""
    good = [row for row in rows if row.error is None]

    @db.atomic
    def attempt() -> None:
        write_each(write, good, call, row_by_row=row_by_row)
        if any(row.error is not None for row in rows):
            raise _UndoneError

    with suppress(_UndoneError):
        attempt()


class _UndoneError(Exception):
    """Takes back what was written."""


def write_each(write: Write, rows: Sequence[BulkRow], call: BulkCall, *, row_by_row: bool) -> None:
    """Write rows by few statements; one by one, where that was refused."""
    if rows and not row_by_row:
        try:
            _transaction(write, rows, call)
        except Misused:
            raise
        except _REFUSED:
            pass
        else:
            return
    for row in rows:
        try:
            _transaction(write, [row], call)
        except Misused:
            raise
        except IntegrityError:
            row.error = AlreadyTaken(_("Somebody else has just stored one with the same key."))
        except _REFUSED as error:
            row.error = error


def _transaction(write: Write, rows: Sequence[BulkRow], call: BulkCall) -> None:
    """Write in a transaction, which is run again after a deadlock; inside another one up to a savepoint."""

    def once() -> None:
        for row in rows:
            row.error = row.data = None
        with transaction.atomic():
            write(rows, call)

    (once if db.inside() else db.atomic(once))()


def result_of(row: BulkRow) -> dict[str, Any]:
    """The result of a row: the answer that a call for it alone would have."""
    if row.error is None:
        return {"index": row.index, "status": 201 if row.is_new else 200, "data": row.data}
    refusal: Any = exception_handler(row.error, {})
    facts = {"context": refusal.data["context"]} if "context" in refusal.data else {}
    return {"index": row.index, "status": refusal.status_code, "errors": refusal.data["errors"], **facts}
