"""Directives for the API's pages of reference: ``{tradepost-endpoints}`` out of the schema, ``{tradepost-error-codes}``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any

import tradepost_facts as facts
from drf_spectacular.generators import SchemaGenerator
from sphinx.application import Sphinx
from tradepost_reference import FromCode, table

from tradepost.api.routers import Router

__all__ = ["setup"]


class Endpoints(FromCode):
    """Every call of the API with what it does, what it takes and who may make it, below a heading for each resource."""

    def lines(self) -> Iterator[str]:
        schema = SchemaGenerator(patterns=Router().urls).get_schema(request=None, public=True)
        calls = sorted(
            (_resource(path), path, method, operation)
            for path, methods in schema["paths"].items()
            for method, operation in methods.items()
        )
        for resource, group in groupby(calls, key=lambda call: call[0]):
            yield f"### `{resource}`"
            yield ""
            yield from table(
                ["Call", "What it does", "Who may"],
                (
                    [
                        f"`{method.upper()} {path[1:] or '/'}`",
                        _meaning(operation, schema["components"]),
                        _who(operation),
                    ]
                    for _resource, path, method, operation in group
                ),
            )


def _resource(path: str) -> str:
    """The beginning that the calls of one resource share: ``orders/``, ``staff/orders/``."""
    parts = path[1:].split("/")
    return "/".join(parts[: 2 if parts[0] == "staff" else 1]) + "/"


def _meaning(operation: Mapping[str, Any], components: Mapping[str, Any]) -> str:
    about = operation["description"].rpartition("Access:")[0].split()
    texts = [f"{operation['summary']}.", *about]
    given = [_resolved(each, components) for each in operation.get("parameters", ())]
    query = [each["name"] for each in given if each["in"] == "query"]
    if query:
        texts += ["Query:", f"{_codes(query)}."]
    content = operation.get("requestBody", {}).get("content", {})
    body = {name: None for each in content.values() for name in _properties(each["schema"], components)}
    if body:
        texts += ["Body:", f"{_codes(body)}."]
    return " ".join(texts)


def _resolved(entry: Mapping[str, Any], components: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a reference leads to."""
    if "$ref" not in entry:
        return entry
    _hash, _components, kind, name = entry["$ref"].split("/")
    found: Mapping[str, Any] = components[kind][name]
    return found


def _properties(schema: Mapping[str, Any], components: Mapping[str, Any]) -> Iterable[str]:
    return _resolved(schema, components).get("properties", {})


def _who(operation: Mapping[str, Any]) -> str:
    """Who may, by the schema's own note; permissions without the beginning that all have."""
    access = operation["x-access"]
    names = [name.removeprefix("tradepost_") for name in access.get("permissions", ())]
    return " and ".join(f"`{name}`" for name in names) or access["who"].replace("_", " ")


def _codes(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


class ErrorCodes(FromCode):
    """Every code of an error with the status that the API answers, and what it means."""

    def lines(self) -> Iterator[str]:
        yield from table(
            ["Code", "Status", "Means", "Raised as"],
            ([f"`{each.code}`", each.status, each.meaning, f"`{each.raised_as}`"] for each in facts.error_codes()),
        )


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directives."""
    app.add_directive("tradepost-endpoints", Endpoints)
    app.add_directive("tradepost-error-codes", ErrorCodes)
    return {"parallel_read_safe": True, "version": "1"}
