"""Lists as connections: the API's keyset cursors, with a cursor for each row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.response import Response

from tradepost.api.conf import settings
from tradepost.api.pagination.cursors import Cursor, CursorPages

__all__ = ["Pages"]


class Pages(CursorPages):
    """``first`` and ``after``, or ``last`` and ``before``.

    Args:
        given: These arguments, as far as they are given.
        counts: Whether all rows are counted.
    """

    def __init__(self, given: Mapping[str, Any], *, counts: bool) -> None:
        self._given, self._counts = given, counts
        self._is_backwards = "last" in given or "before" in given

    def paginate_queryset(self, queryset: Any, request: Any, view: Any = None) -> list[Any]:
        """The rows of the page.

        Raises:
            ValidationError: Arguments of both directions, or a number that is none of rows.
        """
        if self._is_backwards and {"first", "after"} & self._given.keys():
            raise ValidationError({"first": [_("Ask forwards or backwards, not both.")]})
        self._all = queryset
        return super().paginate_queryset(queryset, request, view)

    def page_size(self, request: Any) -> int:
        """Up to the API's maximum."""
        name = "last" if self._is_backwards else "first"
        size: int = self._given.get(name, settings().PAGE_SIZE)
        if size < 1:
            raise ValidationError({name: [ErrorDetail(str(_("At least 1.")), code="min_value")]})
        return min(size, settings().MAX_PAGE_SIZE)

    def read_cursor(self, request: Any) -> Cursor | None:
        """The place that is named, seen in the direction that is asked for."""
        name = "before" if self._is_backwards else "after"
        text = self._given.get(name)
        if not text:
            return Cursor((), backwards=True) if self._is_backwards else None
        return replace(Cursor.read(text, self._scope), backwards=self._is_backwards, inclusive=False)

    def get_paginated_response(self, data: Any) -> Response:
        """The rows with their cursors, and what is before and behind them."""
        rows = [Cursor(self._keyset.values(row)).text(self._scope) for row in self._rows]
        came = bool(self._cursor and self._cursor.values)
        before, behind = (self._has_more, came) if self._is_backwards else (came, self._has_more)
        page = {
            "has_previous_page": before,
            "has_next_page": behind,
            "start_cursor": rows[0] if rows else None,
            "end_cursor": rows[-1] if rows else None,
        }
        answer = {"nodes": data, "cursors": rows, "page_info": page}
        return Response({**answer, "total_count": self._all.count()} if self._counts else answer)
