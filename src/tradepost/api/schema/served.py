"""The schema and its pages among the URLs, without what they need until they are asked for."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

__all__ = ["docs", "redoc", "schema"]


@csrf_exempt
def schema(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    """The OpenAPI schema, as :class:`~.pages.SchemaView` answers."""
    from .pages import SchemaView

    answer: HttpResponse = SchemaView.as_view()(request, **kwargs)
    return answer


@csrf_exempt
def docs(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    """The page to read and try it, as :class:`~.pages.DocsView` answers."""
    from .pages import DocsView

    answer: HttpResponse = DocsView.as_view()(request, **kwargs)
    return answer


@csrf_exempt
def redoc(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    """The page to read it, as :class:`~.pages.RedocView` answers."""
    from .pages import RedocView

    answer: HttpResponse = RedocView.as_view()(request, **kwargs)
    return answer


# Whoever may read them is said by their views, as for all of REST framework's: a middleware asks nobody to sign in first.
for _view in (schema, docs, redoc):
    _view.login_required = False  # type: ignore[attr-defined]
