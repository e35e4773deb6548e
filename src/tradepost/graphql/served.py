"""GraphQL among the URLs, without what it needs until somebody asks for it."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

__all__ = ["graphql"]


@csrf_exempt  # whoever comes by a session is asked for the token by the API's own authentication
@transaction.non_atomic_requests
def graphql(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    """The answer to a document, as :class:`~.views.GraphQLView` gives it."""
    from .views import GraphQLView

    answer: HttpResponse = GraphQLView.as_view()(request, **kwargs)
    return answer


# Whoever may read what is said by each call: a middleware asks nobody to sign in first.
graphql.login_required = False  # type: ignore[attr-defined]
