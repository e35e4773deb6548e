"""Pages of lists: what all have in common is one component."""

from __future__ import annotations

from typing import Any

from drf_spectacular.plumbing import ResolvedComponent

from .components import named

__all__ = ["SharedPages"]

_ROWS = "results"


class SharedPages:
    """A paginator for whoever describes its lists.

    Args:
        auto_schema: By which the list is described.
        paginator: The view's own, which is asked for all else.
    """

    def __init__(self, auto_schema: Any, paginator: Any) -> None:
        self.auto_schema, self.paginator = auto_schema, paginator

    def __getattr__(self, name: str) -> Any:
        return getattr(self.paginator, name)

    def get_paginated_response_schema(self, schema: Any) -> dict[str, Any]:
        """The rows, and beside them a reference to the rest."""
        whole = self.paginator.get_paginated_response_schema(schema)
        properties = {name: _without_example(each) for name, each in whole["properties"].items()}
        rows = properties.pop(_ROWS)
        links = named(self.auto_schema, "Page", ResolvedComponent.SCHEMA, {"type": "object", "properties": properties})
        return {"allOf": [links, {"type": "object", "required": [_ROWS], "properties": {_ROWS: rows}}]}


def _without_example(schema: dict[str, Any]) -> dict[str, Any]:
    """Those of REST framework are of another shop."""
    return {key: value for key, value in schema.items() if key != "example"}
