"""System checks of GraphQL."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.util import find_spec
from typing import Any

from django.core.checks import CheckMessage, Error, Warning, register
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

from tradepost.core.conf import check_settings, raw

from .conf import GraphQLSettings

__all__ = ["check_graphql", "check_schema"]

_PATHS = ("FIELDS", "LINKS", "TYPES", "EXTENSIONS")


@register("tradepost")
def check_graphql(**kwargs: Any) -> list[CheckMessage]:
    """``TRADEPOST_GRAPHQL``: its keys, the paths and the file that it names; and whether the extra is installed."""
    if find_spec("strawberry") is None:
        return [
            Error(
                "tradepost.graphql needs Strawberry, which isn't installed.",
                hint='pip install "django-tradepost[graphql]"',
                id="tradepost.E871",
            )
        ]
    values = raw("TRADEPOST_GRAPHQL")
    messages = check_settings("TRADEPOST_GRAPHQL", GraphQLSettings, "tradepost.E870")
    return messages or [*_check_paths(values), *_check_documents(values)] or _check_types(values)


@register("tradepost", deploy=True)
def check_schema(**kwargs: Any) -> list[CheckMessage]:
    """Make the schema, which a worker does at the first document; run by ``check --deploy``."""
    from .schema import schema

    try:
        schema()
    except ImproperlyConfigured as error:
        return [Error(f"The schema of GraphQL can't be made: {error}", id="tradepost.E874")]
    return []


def _check_paths(values: Mapping[str, Any]) -> list[CheckMessage]:
    named = [("ROUTER", values["ROUTER"])] if "ROUTER" in values else []
    named += [(key, path) for key in _PATHS for path in values.get(key, ())]
    return [
        Error(f'TRADEPOST_GRAPHQL["{key}"]: {path!r} can’t be imported.', id="tradepost.E872")
        for key, path in named
        if not _is_there(path)
    ]


def _check_types(values: Mapping[str, Any]) -> list[CheckMessage]:
    """Types of a project's own: each field says who may read it. Told at every start, and not by the first document."""
    from .own_types import checked_type

    messages: list[CheckMessage] = []
    for path in values.get("TYPES", ()):
        try:
            checked_type(import_string(path), path)
        except ImproperlyConfigured as error:
            messages.append(Error(f'TRADEPOST_GRAPHQL["TYPES"]: {error}', id="tradepost.E875"))
    return messages


def _is_there(path: Any) -> bool:
    try:
        import_string(path)
    except (ImportError, AttributeError, TypeError):
        return False
    return True


def _check_documents(values: Mapping[str, Any]) -> list[CheckMessage]:
    from .documents.persisted import read_documents

    path = values.get("PERSISTED", "")
    if not path:
        if not values.get("ONLY_PERSISTED"):
            return []
        hint = 'TRADEPOST_GRAPHQL = {"PERSISTED": "documents.json", "ONLY_PERSISTED": True}'
        return [Warning("No document is known, so GraphQL answers none.", hint=hint, id="tradepost.W873")]
    try:
        read_documents(path)
    except (OSError, ValueError) as error:
        return [Error(f'TRADEPOST_GRAPHQL["PERSISTED"]: {error}', id="tradepost.E873")]
    return []
