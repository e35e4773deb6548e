"""Lists in pages: numbered, with a count; or by cursor, where the caller asks for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import BasePagination
from rest_framework.response import Response

from .cursors import CURSOR, CursorPages
from .numbered import NumberedPages

__all__ = ["Pagination"]


class Pagination(BasePagination):
    """``?page=2&page_size=50`` with a count; ``?pagination=cursor`` has none, and meets each row once while rows come and go."""

    _chosen: BasePagination

    def paginate_queryset(self, queryset: Any, request: Any, view: Any = None) -> Any:
        """The rows of the page that is asked for; of a numbered one they aren't fetched yet.

        Raises:
            ValidationError: Both kinds of pages are asked for at once, or one that there isn't.
        """
        self._chosen = CursorPages() if _by_cursor(request.query_params) else NumberedPages()
        return self._chosen.paginate_queryset(queryset, request, view)

    def get_paginated_response(self, data: Any) -> Response:
        """With links to the next and previous page, and the count where pages are numbered."""
        return self._chosen.get_paginated_response(data)

    def get_paginated_response_schema(self, schema: Any) -> dict[str, Any]:
        """As in the schema."""
        response: dict[str, Any] = NumberedPages().get_paginated_response_schema(schema)
        response["required"] = ["results"]
        return response

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        """Parameters of both kinds."""
        number = {"type": "integer", "minimum": 1}
        return [
            _parameter("page", number, "Number of the page."),
            _parameter("page_size", number, "Rows of a page."),
            _parameter(
                "pagination", {"type": "string", "enum": ["cursor"]}, "`cursor` for pages by cursor, without count."
            ),
            _parameter(CURSOR, {"type": "string"}, "Of the page, as `next` and `previous` have it."),
        ]


def _by_cursor(params: Mapping[str, str]) -> bool:
    kind = params.get("pagination", "")
    if kind not in ("", "cursor"):
        raise ValidationError({"pagination": [_("Use “cursor”, or leave it out for numbered pages.")]})
    if "page" in params and (kind or CURSOR in params):
        raise ValidationError({"page": [_("A page has a number or a cursor, not both.")]})
    return bool(kind) or CURSOR in params


def _parameter(name: str, schema: dict[str, Any], description: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "description": description, "schema": schema}
