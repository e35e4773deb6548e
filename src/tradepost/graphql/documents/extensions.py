"""Limits and errors around the execution of a document."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

from django.conf import settings as django_settings
from django.core.signals import got_request_exception
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from graphql import GraphQLError, NoSchemaIntrospectionCustomRule, OperationDefinitionNode, get_operation_ast
from strawberry.extensions import AddValidationRules, MaskErrors, SchemaExtension

from tradepost.api.errors import exception_handler

from ..conf import settings
from ..errors import Refused, TooMuch
from .limits import check_cost, check_shape, check_text

__all__ = ["extensions"]

logger = logging.getLogger(__name__)


class Limits(SchemaExtension):
    """Refuses a document that asks for too much, before anything is asked for."""

    def on_parse(self) -> Iterator[None]:
        """By its text."""
        self.execution_context.parse_options["max_tokens"] = settings().MAX_TOKENS
        check_text(self.execution_context.query or "")
        yield

    def on_validate(self) -> Iterator[None]:
        """By its shape, and, once it is known to be valid, by its cost."""
        execution = self.execution_context
        assert execution.graphql_document is not None
        check_shape(execution.graphql_document)
        yield
        if not execution.pre_execution_errors:
            operation = get_operation_ast(execution.graphql_document, execution.operation_name)
            assert isinstance(operation, OperationDefinitionNode)
            schema: Any = execution.schema
            links = {name: entry.links for name, entry in schema.types.entries.items()}
            core: Any = schema._schema  # noqa: SLF001 - graphql-core's
            execution.context.calls = check_cost(
                core, links, execution.graphql_document, operation, execution.variables or {}
            )


class Errors(MaskErrors):
    """Gives each error a code. What the API refuses has the API's; a failure of ours says nothing of itself, and is logged."""

    def __init__(self) -> None:
        super().__init__(should_mask_error=lambda _error: True)

    def anonymise_error(self, error: GraphQLError) -> GraphQLError:
        """The error as its caller is shown it."""
        original = _origin(error)
        if isinstance(original, (Refused, TooMuch)):
            return _shown(error, original.message, original.extensions or {})
        if original is None or (isinstance(original, ValueError) and not error.path):
            return _shown(error, error.message, _entry("invalid_document", "validation_error", 400, error.message))
        if isinstance(original, Exception) and (refusal := exception_handler(original, {})) is not None:
            refused = Refused(refusal.status_code, refusal.data)
            return _shown(error, refused.message, refused.extensions or {})
        self._tell(original)
        text = _("Something went wrong here.")
        return _shown(error, text, _entry("error", "server_error", 500, text))

    def _tell(self, original: BaseException) -> None:
        """To the log, and to listeners of failed requests."""
        request = getattr(self.execution_context.context, "request", None)
        try:
            raise original
        except type(original):  # listeners ask for the exception that is handled
            logger.exception("A field could not be answered.")
            got_request_exception.send(sender=type(self), request=request)


def _origin(error: GraphQLError) -> BaseException | None:
    origin: BaseException | None = error
    while isinstance(origin, GraphQLError) and not isinstance(origin, (Refused, TooMuch)):
        origin = origin.original_error
    return origin


def _entry(code: str, kind: str, status: int, detail: str) -> dict[str, Any]:
    errors = [{"code": code, "detail": detail, "attr": None}]
    return {"code": code, "type": kind, "status": status, "errors": errors}


def _shown(error: GraphQLError, message: str, extensions: dict[str, Any]) -> GraphQLError:
    return GraphQLError(
        message,
        nodes=error.nodes,
        source=error.source,
        positions=error.positions,
        path=error.path,
        extensions=extensions,
    )


def extensions() -> list[Any]:
    """Ours around a project's own."""
    chosen = settings()
    shows = django_settings.DEBUG if chosen.INTROSPECTION is None else chosen.INTROSPECTION
    hidden = [] if shows else [lambda: AddValidationRules([NoSchemaIntrospectionCustomRule])]
    return [Errors, Limits, *hidden, *(import_string(path) for path in chosen.EXTENSIONS)]
