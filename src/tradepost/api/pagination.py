"""Lists in pages: numbered, with a count; or by cursor, where the caller asks for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError as DjangoValidationError
from django.core.paginator import InvalidPage
from django.db import DataError
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.pagination import BasePagination, CursorPagination, PageNumberPagination
from rest_framework.response import Response

from tradepost.core.inputs.numbers import read_count
from tradepost.core.versions import CountingPaginator

from .conf import settings

__all__ = ["Pagination"]


def _rows(params: Mapping[str, str]) -> int:
    """The number of rows on a page: as the caller says, up to our maximum.

    Raises:
        InvalidNumber: That is no number of rows.
    """
    if "page_size" not in params:
        return settings().PAGE_SIZE
    return min(read_count(params["page_size"], attr="page_size", least=1), settings().MAX_PAGE_SIZE)


class _Pages(PageNumberPagination):
    django_paginator_class = CountingPaginator
    page_size_query_param = "page_size"

    def get_page_size(self, request: Any) -> int:
        return _rows(request.query_params)

    def paginate_queryset(self, queryset: Any, request: Any, view: Any = None) -> Any:
        """The rows as a sliced queryset, not fetched yet: what shows them may ask for more with the same query.

        Raises:
            InvalidNumber: The page has no number.
            NotFound: It is beyond the last.
        """
        self.request = request
        paginator = self.django_paginator_class(queryset, self.get_page_size(request))
        number = self.get_page_number(request, paginator)
        try:
            self.page = paginator.page(read_count(number, attr="page", least=1))
        except InvalidPage:
            raise NotFound(_("There is no such page.")) from None
        return self.page.object_list


class _Cursor(CursorPagination):
    page_size_query_param = "page_size"

    def get_page_size(self, request: Any) -> int:
        return _rows(request.query_params)

    def paginate_queryset(self, queryset: Any, request: Any, view: Any = None) -> Any:
        """The rows of the page.

        Raises:
            ValidationError: The cursor wasn't made by us.
        """
        try:
            return super().paginate_queryset(queryset, request, view)
        except (ValueError, DataError, DjangoValidationError):
            raise ValidationError({"cursor": [_("This is not a cursor of this list.")]}) from None

    def get_ordering(self, request: Any, queryset: Any, view: Any) -> tuple[str, ...]:
        """The list's own order.

        Raises:
            ValidationError: It is made of expressions, between which a cursor can't stand.
        """
        order = tuple(queryset.query.order_by) or tuple(queryset.model._meta.ordering) or ("-pk",)
        if not all(isinstance(name, str) for name in order):
            raise ValidationError({"pagination": [_("This ordering has no cursors.")]})
        return order


class Pagination(BasePagination):
    """``?page=2&page_size=50`` with a count; ``?pagination=cursor`` has none, and stays stable while rows come and go."""

    _chosen: BasePagination

    def paginate_queryset(self, queryset: Any, request: Any, view: Any = None) -> Any:
        """The rows of the page that is asked for; of a numbered one they aren't fetched yet.

        Raises:
            ValidationError: Both kinds of pages are asked for at once, or one that there isn't.
        """
        self._chosen = _Cursor() if _by_cursor(request.query_params) else _Pages()
        return self._chosen.paginate_queryset(queryset, request, view)

    def get_paginated_response(self, data: Any) -> Response:
        """With links to the next and previous page, and the count where pages are numbered."""
        return self._chosen.get_paginated_response(data)

    def get_paginated_response_schema(self, schema: Any) -> dict[str, Any]:
        """As in the schema."""
        response: dict[str, Any] = _Pages().get_paginated_response_schema(schema)
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
            _parameter("cursor", {"type": "string"}, "Of the page, as `next` and `previous` have it."),
        ]


def _by_cursor(params: Mapping[str, str]) -> bool:
    kind = params.get("pagination", "")
    if kind not in ("", "cursor"):
        raise ValidationError({"pagination": [_("Use “cursor”, or leave it out for numbered pages.")]})
    if "page" in params and (kind or "cursor" in params):
        raise ValidationError({"page": [_("A page has a number or a cursor, not both.")]})
    return bool(kind) or "cursor" in params


def _parameter(name: str, schema: dict[str, Any], description: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "description": description, "schema": schema}
