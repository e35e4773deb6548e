"""Pages with numbers and a count."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.paginator import InvalidPage
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import NotFound
from rest_framework.pagination import PageNumberPagination

from tradepost.core.inputs.numbers import read_count
from tradepost.core.versions import CountingPaginator

from ..conf import settings

__all__ = ["NumberedPages", "page_size"]


def page_size(params: Mapping[str, str]) -> int:
    """The number of rows on a page: as the caller says, up to our maximum.

    Raises:
        InvalidNumber: That is no number of rows.
    """
    if "page_size" not in params:
        return settings().PAGE_SIZE
    return min(read_count(params["page_size"], attr="page_size", least=1), settings().MAX_PAGE_SIZE)


class NumberedPages(PageNumberPagination):
    """``?page=2&page_size=50``."""

    django_paginator_class = CountingPaginator
    page_size_query_param = "page_size"

    def get_page_size(self, request: Any) -> int:
        """As asked for, up to our maximum."""
        return page_size(request.query_params)

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
