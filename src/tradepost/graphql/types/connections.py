"""Types of lists in pages."""

from __future__ import annotations

from typing import Any

import strawberry

from .registry import Entry, Types

__all__ = ["PageInfo", "connection_of"]


@strawberry.type(description="The neighbours of a page.")
class PageInfo:
    """The neighbours of a page."""

    has_next_page: bool
    has_previous_page: bool
    start_cursor: str | None
    end_cursor: str | None


def connection_of(name: str, types: Types) -> Any:
    """The connection of a type: its rows, with a cursor for each, and a count that is made where it is asked for."""
    title = f"{name}Connection"
    if title not in types.entries:
        node = types.entries[name].cls
        types.entries[title] = Entry(_connection(title, node, _edge(f"{name}Edge", node), _more(name, types)))
    return types.entries[title].cls


def _edge(title: str, node: Any) -> Any:
    annotations = {"cursor": str, "node": node}
    cls = type(title, (), {"__annotations__": annotations})
    return strawberry.type(cls, name=title, description="A row and its place.")


def _connection(title: str, node: Any, edge: Any, more: dict[str, Any]) -> Any:
    def edges(root: Any) -> Any:
        return [{"cursor": cursor, "node": row} for cursor, row in zip(root["cursors"], root["nodes"], strict=False)]

    members = {
        "__annotations__": {"nodes": list[node], "page_info": PageInfo, "total_count": int | None, **more},
        "edges": strawberry.field(resolver=edges, graphql_type=list[edge]),
        "total_count": strawberry.field(description="Of all pages; counted where it is asked for."),
    }
    return strawberry.type(type(title, (), members), name=title, description="A page of a list.")


def _more(name: str, types: Types) -> dict[str, Any]:
    """The facets of a page of products."""
    if name != "ProductCard":
        return {}
    facet: Any = types.entries[types.of_key("catalogue.Facet")].cls
    return {"facets": list[facet] | None}
