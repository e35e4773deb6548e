"""Settings of GraphQL: ``TRADEPOST_GRAPHQL``."""

from __future__ import annotations

from dataclasses import dataclass

from tradepost.core.conf import load, settings_class

__all__ = ["GraphQLSettings", "settings"]


@settings_class("TRADEPOST_GRAPHQL")
@dataclass(frozen=True, slots=True, kw_only=True)
class GraphQLSettings:
    """``TRADEPOST_GRAPHQL``.

    Attributes:
        ROUTER: Path of the router whose calls the fields make, a class or an object; that of the API by default. A project that
            replaces endpoints names its own.
        FIELDS: Paths of a project's own fields: lists of ``Query`` and ``Mutation`` of ``tradepost.graphql.ports``. One with a
            name of ours replaces ours.
        LINKS: Paths of a project's own links from one type to another.
        TYPES: Paths of Strawberry types whose fields join ``Query`` (the first) and ``Mutation`` (those named so); each field
            says who may read it.
        EXTENSIONS: Paths of Strawberry extensions, beside ours.
        INTROSPECTION: Whether the schema can be asked for; ``None`` where ``DEBUG`` is on.
        MAX_DEPTH: Levels of fields, of documents that ask for data.
        MAX_ALIASES: Fields that are given another name in one document.
        MAX_TOKENS: Words and signs of one document.
        MAX_CALLS: Fields of ``Query`` or ``Mutation`` in one operation.
        MAX_COST: Of one operation; the documentation says what costs what.
        PERSISTED: Path of a JSON file with documents by the SHA-256 of their text, as clients are built with.
        ONLY_PERSISTED: Whether documents that aren't in that file are refused.
        EXPLORER: Whether a browser is shown the page to try documents on; ``None`` where ``DEBUG`` is on.
    """

    ROUTER: str = "tradepost.api.routers.Router"
    FIELDS: tuple[str, ...] = ()
    LINKS: tuple[str, ...] = ()
    TYPES: tuple[str, ...] = ()
    EXTENSIONS: tuple[str, ...] = ()
    INTROSPECTION: bool | None = None
    MAX_DEPTH: int = 12
    MAX_ALIASES: int = 30
    MAX_TOKENS: int = 2000
    MAX_CALLS: int = 20
    MAX_COST: int = 20_000
    PERSISTED: str = ""
    ONLY_PERSISTED: bool = False
    EXPLORER: bool | None = None


def settings() -> GraphQLSettings:
    """``TRADEPOST_GRAPHQL``."""
    return load("TRADEPOST_GRAPHQL", GraphQLSettings)
