"""The one address of GraphQL: a document as JSON by POST, or a query by GET."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.conf import settings as django_settings
from django.db import transaction
from django.http import HttpRequest
from django.shortcuts import render
from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError, Throttled
from rest_framework.permissions import AllowAny
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.types.graphql import OperationType

from tradepost.api.callers.throttles import ScopeThrottle
from tradepost.api.clean_text import is_clean_query
from tradepost.api.errors import exception_handler
from tradepost.api.parsers import JSONParser
from tradepost.core import versions
from tradepost.core.inputs.json_values import is_text

from .conf import settings
from .documents.context import Context
from .documents.persisted import document_of
from .errors import Refused
from .schema import schema

__all__ = ["GraphQLView"]

_READS = frozenset({OperationType.QUERY})
_ALL = frozenset({OperationType.QUERY, OperationType.MUTATION})


class _ResponseRenderer(JSONRenderer):
    """As the GraphQL specification for HTTP calls the answer."""

    media_type = "application/graphql-response+json"
    format = "graphql"


class GraphQLView(APIView):
    """Answers one document. Who calls, what they may and how often is for the calls of the API that it makes."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    parser_classes = (JSONParser,)
    renderer_classes = (JSONRenderer, _ResponseRenderer)
    versioning_class = None
    metadata_class = None
    schema = None

    @transaction.non_atomic_requests
    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Outside any transaction, as the calls are; all see what was true when it began."""
        with versions.one_reading():
            return super().dispatch(request, *args, **kwargs)

    def perform_authentication(self, request: Request) -> None:
        """Ask nobody: each call does, and what it is told stays with the document."""

    def check_throttles(self, request: Request) -> None:
        """Count a document as a call, beside those that it makes: one that is refused has cost something, too.

        By the session or the address: REST framework's request would take the session's user away, since nobody is asked here.

        Raises:
            Throttled: There were too many.
        """
        throttle = ScopeThrottle("any")
        if not throttle.allow_request(request._request, self):  # noqa: SLF001
            raise Throttled(throttle.wait())

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:  # noqa: FBT001, FBT002 — DRF's
        """JSON for who takes nothing of it."""
        return super().perform_content_negotiation(request, force=True)

    def get(self, request: Request) -> Any:
        """Execute a query, or show a browser the page to try documents on."""
        params = request.query_params
        if not is_clean_query(params):
            raise ParseError(_("A parameter is not text."))
        if not {"query", "extensions"} & params.keys() and self._shows_page(request):
            return render(request._request, "tradepost/graphql/explorer.html")  # noqa: SLF001 - DRF's has no templates
        body: dict[str, Any] = {name: params[name] for name in ("query", "operationName") if name in params}
        body |= {name: _object(params[name], name) for name in ("variables", "extensions") if params.get(name)}
        return self._answer(request, body, _READS)

    def post(self, request: Request) -> Response:
        """Execute a document."""
        if not isinstance(request.data, Mapping):  # several at once aren't taken
            raise ParseError(_("A JSON object is expected."))
        return self._answer(request, request.data, _ALL)

    def _shows_page(self, request: Request) -> bool:
        chosen = settings().EXPLORER
        is_on = django_settings.DEBUG if chosen is None else chosen
        return is_on and "text/html" in request.headers.get("Accept", "")

    def _answer(self, request: Request, body: Mapping[str, Any], allowed: frozenset[OperationType]) -> Response:
        text, name = _text(body, "query"), _text(body, "operationName")
        variables, more = _mapping(body, "variables"), _mapping(body, "extensions")
        django_request: HttpRequest = request._request  # noqa: SLF001 - sessions and middleware know Django's
        context = Context(django_request)
        try:
            document = document_of(text, _named(more))
            result = schema().execute_sync(
                document,
                variable_values=variables,
                context_value=context,
                operation_name=name or None,
                allowed_operation_types=allowed,
            )
        except Refused as refusal:
            return self._shown(None, [refusal.formatted])
        except CannotGetOperationTypeError:
            text = _("The document has no operation of this name, or several.")
            return self._shown(None, [Refused.of(400, "unknown_operation", text).formatted])
        except InvalidOperationTypeError:
            text = _("Changes are made by POST.")
            return self._shown(None, [Refused.of(405, "method_not_allowed", text).formatted])
        response = self._shown(result.data, [error.formatted for error in result.errors or ()])
        for cookie in context.caller.cookies:
            response.cookies[cookie.key] = cookie
        return response

    def _shown(self, data: Any, errors: list[Any]) -> Response:
        """200 for what was executed; what wasn't has the status of its refusal."""
        answer: dict[str, Any] = {"data": data} if data is not None or not errors else {}
        if errors:
            answer["errors"] = errors
        status = 200 if answer.get("data") is not None or not errors else _status(errors[0])
        return Response(answer, status=status, headers={"Cache-Control": "private, no-store"})

    def handle_exception(self, exc: Exception) -> Response:
        """Answer in the same form what is refused before a document is read."""
        refusal = exception_handler(exc, self.get_exception_handler_context())
        if refusal is None:
            raise exc
        self.headers = self.headers | dict(refusal.items())
        error = Refused(refusal.status_code, refusal.data)
        refusal.data = {"errors": [error.formatted]}
        refusal.exception = True
        return refusal


def _status(error: Mapping[str, Any]) -> int:
    status: int = error.get("extensions", {}).get("status", 400)
    return status if "path" not in error else 200


def _named(extensions: Mapping[str, Any]) -> str:
    """The hash of a document that was sent instead of it."""
    persisted = extensions.get("persistedQuery")
    named = persisted.get("sha256Hash") if isinstance(persisted, Mapping) else ""
    return named.lower() if isinstance(named, str) else ""


def _text(body: Mapping[str, Any], name: str) -> str:
    value = body.get(name)
    if value is not None and not (isinstance(value, str) and is_text(value)):
        raise ParseError(_("“%(name)s” is text.") % {"name": name})
    return value or ""


def _mapping(body: Mapping[str, Any], name: str) -> dict[str, Any]:
    value = body.get(name)
    if value is not None and not isinstance(value, Mapping):
        raise ParseError(_("“%(name)s” is a JSON object.") % {"name": name})
    return dict(value or {})


def _object(text: str, name: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise ParseError(_("“%(name)s” is a JSON object.") % {"name": name}) from None
