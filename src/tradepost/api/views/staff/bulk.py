"""Bulk calls: up to 1,000 rows, each with a result of its own; all or nothing with ``?atomic=true``."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeAlias

from django.core.exceptions import ValidationError as DjangoValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import APIException, ParseError, ValidationError
from rest_framework.response import Response

from tradepost.api.errors import body, exception_handler
from tradepost.api.parsers import JSONParser
from tradepost.api.serializers import serializer_class
from tradepost.core import db
from tradepost.core.errors import AlreadyTaken, Invalid, Misused, TradepostError

from .base import StaffViewSet

__all__ = ["ATOMIC", "MOST_ROWS", "BulkParser", "BulkRow", "BulkViewSet"]

MOST_ROWS = 1000
ATOMIC = OpenApiParameter("atomic", OpenApiTypes.BOOL, description="All rows or none.")
_REFUSED = (TradepostError, DjangoValidationError, APIException, IntegrityError)


class BulkParser(JSONParser):
    """Bodies of bulk calls."""

    max_body = 2 * 1024 * 1024  # bytes


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


Write: TypeAlias = Callable[[Sequence[BulkRow]], None]
"""Writes rows in the caller's transaction: sets ``data`` of each, or ``error``."""


class BulkViewSet(StaffViewSet):
    """For views with a bulk call.

    A row names its object by a public key, so that the same call again changes nothing more.
    """

    def bulk(
        self,
        key: str,
        write: Write,
        *,
        identity: Callable[[Any], Hashable],
        row_by_row: bool = False,
        most: int = MOST_ROWS,
    ) -> Response:
        """Read the rows, write those that can be written, and answer with the result of each.

        Args:
            key: Of the serializer that reads a row.
            write: Writes rows in the caller's transaction: sets ``data`` of each, or ``error``. It may be called again, with
                each row alone, where the database refused them together.
            identity: The public key of a row's object. Each is named once.
            row_by_row: Each row in a transaction of its own, for what can't be written by few statements.
            most: Rows of a call, so that it takes a few seconds at most.
        """
        is_whole = self._is_whole()
        rows = self._rows(key, identity, most)
        if is_whole:
            _all_or_none(write, rows, row_by_row=row_by_row)
        else:
            _written(write, [row for row in rows if row.error is None], row_by_row=row_by_row)
        return self._results(rows, is_whole=is_whole)

    def _is_whole(self) -> bool:
        """Whether ``?atomic=`` asks for all or nothing.

        Raises:
            ValidationError: Neither yes nor no.
        """
        words = {"": False, "false": False, "true": True}
        text = self.request.query_params.get("atomic", "")
        if text not in words:
            raise ValidationError({"atomic": [_("Write true or false.")]})
        return words[text]

    def _rows(self, key: str, identity: Callable[[Any], Hashable], most: int) -> list[BulkRow]:
        data = self.request.data
        if not isinstance(data, Mapping) or data.keys() != {"items"} or not isinstance(data["items"], list):
            raise ParseError(_("Write {“items”: […]}."))
        if not 1 <= len(data["items"]) <= most:
            raise ValidationError({"items": [_("A call has 1 to %(most)s rows.") % {"most": most}]})
        form = serializer_class(key)(context=self.get_serializer_context())
        rows = [BulkRow(index) for index in range(len(data["items"]))]
        seen: set[Hashable] = set()
        for row, item in zip(rows, data["items"], strict=True):
            try:
                row.values = form.run_validation(item)
            except ValidationError as error:
                row.error = error
                continue
            if (name := identity(row.values)) in seen:
                row.error = Invalid(_("Another row of this call is about the same."))
            seen.add(name)
        return rows

    def _results(self, rows: Sequence[BulkRow], *, is_whole: bool) -> Response:
        results = [_result(row) for row in rows]
        failed = sum(row.error is not None for row in rows)
        answer = {"results": results, "succeeded": len(rows) - failed, "failed": failed}
        if not (is_whole and failed):
            return Response(answer)
        status = 400 if any(result["status"] == 400 for result in results) else 409
        entry = {"code": "bulk_refused", "detail": str(_("Nothing was written.")), "attr": None}
        return Response({**body(status, [entry]), **answer, "succeeded": 0}, status=status)


def _all_or_none(write: Write, rows: Sequence[BulkRow], *, row_by_row: bool) -> None:
    """Write all rows in one transaction, which is undone where one can't be written; each has its error then."""
    good = [row for row in rows if row.error is None]

    @db.atomic
    def attempt() -> None:
        _written(write, good, row_by_row=row_by_row)
        if any(row.error is not None for row in rows):
            raise _UndoneError

    with suppress(_UndoneError):
        attempt()


class _UndoneError(Exception):
    """Takes back what was written."""


def _written(write: Write, rows: Sequence[BulkRow], *, row_by_row: bool) -> None:
    """Write rows by few statements; one by one, where that was refused."""
    if rows and not row_by_row:
        try:
            _transaction(write, rows)
        except Misused:
            raise
        except _REFUSED:
            pass
        else:
            return
    for row in rows:
        try:
            _transaction(write, [row])
        except Misused:
            raise
        except IntegrityError:
            row.error = AlreadyTaken(_("Somebody else has just stored one with the same key."))
        except _REFUSED as error:
            row.error = error


def _transaction(write: Write, rows: Sequence[BulkRow]) -> None:
    """Write in a transaction, which is run again after a deadlock; inside another one up to a savepoint."""

    def once() -> None:
        for row in rows:
            row.error = row.data = None
        with transaction.atomic():
            write(rows)

    (once if db.inside() else db.atomic(once))()


def _result(row: BulkRow) -> dict[str, Any]:
    if row.error is None:
        return {"index": row.index, "status": 201 if row.is_new else 200, "data": row.data}
    refusal: Any = exception_handler(row.error, {})
    facts = {"context": refusal.data["context"]} if "context" in refusal.data else {}
    return {"index": row.index, "status": refusal.status_code, "errors": refusal.data["errors"], **facts}
