"""Pages by cursor: each row once, whatever comes and goes meanwhile."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError as DjangoValidationError
from django.core.signing import BadSignature, Signer
from django.db import DataError
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import BasePagination
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from .keyset import Keyset, NoKeyset
from .numbered import page_size

__all__ = ["CURSOR", "Cursor", "CursorPages"]

CURSOR = "cursor"
_SALT = "tradepost.api.cursor"
# What doesn't say which rows there are, nor their order.
_OF_NO_MATTER = frozenset({CURSOR, "expand", "facets", "fields", "format", "page_size", "pagination", "token"})
_KINDS: dict[str, tuple[type, Callable[[Any], Any], Callable[[Any], Any]]] = {
    "yes": (bool, bool, bool),  # before int, of which bool is a kind
    "number": (int, int, int),
    "text": (str, str, str),
    "amount": (Decimal, str, Decimal),
    "moment": (datetime, datetime.isoformat, datetime.fromisoformat),  # before date
    "day": (date, date.isoformat, date.fromisoformat),
    "uuid": (UUID, str, UUID),
}


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in an ordered list.

    Attributes:
        values: By which a row stands there, the primary key last; empty for an end of the list.
        backwards: The page ends here, and doesn't begin.
        inclusive: The row itself is on the page.
    """

    values: Sequence[Any]
    backwards: bool = False
    inclusive: bool = False

    def text(self, scope: str) -> str:
        """The cursor for an address: typed values, signed for the list that they belong to."""
        content = [int(self.backwards), int(self.inclusive), [_packed(value) for value in self.values]]
        packed = json.dumps(content, separators=(",", ":"), ensure_ascii=False).encode()
        body = urlsafe_b64encode(packed).decode().rstrip("=")
        signature = Signer(salt=_SALT).signature(f"{scope}\n{body}")
        return f"{body}.{signature}"

    @classmethod
    def read(cls, text: str, scope: str) -> Cursor:
        """From an address.

        Raises:
            ValueError: It isn't of our making, or of another list, filter or ordering.
        """
        body, _point, signature = text.partition(".")
        try:
            Signer(salt=_SALT).unsign(f"{scope}\n{body}:{signature}")
        except BadSignature as error:
            raise ValueError(text) from error
        backwards, inclusive, values = json.loads(urlsafe_b64decode(body + "=" * (-len(body) % 4)))
        return cls([_unpacked(value) for value in values], bool(backwards), bool(inclusive))


def _packed(value: Any) -> Any:
    if value is None:
        return None
    kind, pack = next((kind, pack) for kind, (cls, pack, _read) in _KINDS.items() if isinstance(value, cls))
    return [kind, pack(value)]


def _unpacked(value: Any) -> Any:
    return None if value is None else _KINDS[value[0]][2](value[1])


class CursorPages(BasePagination):
    """``?pagination=cursor``: no count, and a page at the end costs what the first one costs."""

    _keyset: Keyset
    _cursor: Cursor | None
    _scope: str
    _rows: list[Any]
    _has_more: bool

    def paginate_queryset(self, queryset: Any, request: Any, view: Any = None) -> list[Any]:
        """The rows of the page.

        Raises:
            ValidationError: The cursor isn't of this list, or the ordering has none.
        """
        try:
            self._keyset = Keyset.of(queryset)
        except NoKeyset as refusal:
            text = _("There are no cursors in the ordering “%(name)s”. Use numbered pages.") % {"name": refusal.name}
            raise ValidationError({"pagination": [text]}) from None
        self._url = request.build_absolute_uri()
        self._scope = _scope(request, self._keyset)
        size = self.page_size(request)
        try:
            self._cursor = self.read_cursor(request)
            rows = list(self._selected()[: size + 1])
        except (ValueError, DataError, DjangoValidationError):
            raise ValidationError(
                {
                    CURSOR: [
                        _("This is not a cursor of this list. Follow its links as they are, or begin again without it.")
                    ]
                }
            ) from None
        self._has_more = len(rows) > size
        rows = rows[:size]
        self._rows = rows[::-1] if self._cursor and self._cursor.backwards else rows
        return self._rows

    def page_size(self, request: Any) -> int:
        """The number of rows on a page.

        Raises:
            InvalidNumber: That is no number of rows.
        """
        return page_size(request.query_params)

    def read_cursor(self, request: Any) -> Cursor | None:
        """The place that is asked for; ``None`` for the beginning.

        Raises:
            ValueError: It isn't of this list.
        """
        text = request.query_params.get(CURSOR)
        return Cursor.read(text, self._scope) if text else None

    def _selected(self) -> Any:
        if self._cursor is None:
            return self._keyset.rows(None, backwards=False, inclusive=False)
        cursor = self._cursor
        return self._keyset.rows(cursor.values or None, backwards=cursor.backwards, inclusive=cursor.inclusive)

    def get_paginated_response(self, data: Any) -> Response:
        """With links to the next and previous page."""
        return Response({"next": self._link(backwards=False), "previous": self._link(backwards=True), "results": data})

    def _link(self, *, backwards: bool) -> str | None:
        """The address of a neighbour, where there is one or may be one."""
        came = self._cursor.backwards if self._cursor else False
        exists = self._has_more if backwards is came else self._cursor is not None
        if not exists:
            return None
        if self._rows:
            edge = Cursor(self._keyset.values(self._rows[0 if backwards else -1]), backwards)
        else:  # all that stood here is gone: back to where the caller came from, and that row is part of it
            assert self._cursor is not None
            edge = Cursor(self._cursor.values, backwards, inclusive=not self._cursor.inclusive)
        return replace_query_param(self._url, CURSOR, edge.text(self._scope))


def _scope(request: Any, keyset: Keyset) -> str:
    """The list that a cursor belongs to: its address, what it is narrowed by, its ordering."""
    params = sorted(
        (name, values) for name, values in request.query_params.lists() if name not in _OF_NO_MATTER and any(values)
    )
    return json.dumps([request.path, params, keyset.name])
