"""Parameters that a call doesn't know: they are ignored, and named in a header, so that a slip of the pen can be seen."""

from __future__ import annotations

import re
from typing import Any

from ..filters import is_attribute

__all__ = ["HEADER", "unknown_parameters"]

HEADER = "Unknown-Parameters"
_EVERYWHERE = frozenset({"format", "token"})
_OF_LISTS = frozenset({"page", "page_size", "pagination", "cursor"})
_NAME = re.compile(r"[\w.-]{1,60}", re.ASCII)
_MOST = 10


def unknown_parameters(view: Any, request: Any) -> str:
    """Names for the header, separated by commas; empty where all are known. What is no name isn't repeated."""
    given = [name for name in request.query_params if name not in view.parameters | view.chosen | _EVERYWHERE]
    if given and view.paginator is not None:
        given = [name for name in given if name not in _OF_LISTS]
    if given and (filters := _filters(view, request)) is not None:
        given = [name for name in given if name not in filters and not is_attribute(name)]
    return ", ".join([name for name in given if _NAME.fullmatch(name)][:_MOST])


def _filters(view: Any, request: Any) -> Any:
    """Filters of a list, those of exposed fields that the caller may read included; none where there is no list to filter."""
    filterset = getattr(view, "filterset_class", None)
    if filterset is None:
        return None
    options = {"visitor": view.visitor} if hasattr(view, "visitor") else {}
    return filterset(request.query_params, queryset=view.queryset, request=request, **options).filters
