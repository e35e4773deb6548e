"""The dashboard's own registry, which our pages use as those of a project do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from .collection import Collection
from .entries import Action, Card, Column, Filter, Finder, FirstStep, Panel, Section, TimelineSource, View

if TYPE_CHECKING:
    from ..pages.base import Page

__all__ = ["Dashboard", "dashboard"]


class Dashboard:
    """Sections, pages, and what pages are made of, by the key of the page.

    A page need not be there yet when something is added to it: apps are ready in any order.
    """

    def __init__(self) -> None:
        self.sections: Collection[Section] = Collection("sections")
        self.pages: Collection[type[Page]] = Collection("pages")
        self.finders: Collection[Finder] = Collection("finders")
        self.cards: Collection[Card] = Collection("cards")
        self.first_steps: Collection[FirstStep] = Collection("first steps")
        self._parts: dict[tuple[str, str], Collection[Any]] = {}

    def columns(self, page: str) -> Collection[Column]:
        """Columns of a list."""
        return self._of("columns", page)

    def filters(self, page: str) -> Collection[Filter]:
        """Filters of a list."""
        return self._of("filters", page)

    def views(self, page: str) -> Collection[View]:
        """Tabs of a list."""
        return self._of("views", page)

    def panels(self, page: str) -> Collection[Panel]:
        """Boxes of a page."""
        return self._of("panels", page)

    def actions(self, page: str) -> Collection[Action]:
        """Buttons of a page about one row."""
        return self._of("actions", page)

    def timeline(self, page: str) -> Collection[TimelineSource]:
        """Sources of a row's history on its page."""
        return self._of("timeline", page)

    def unknown_pages(self) -> list[str]:
        """Keys of pages that something was added to, and that aren't there."""
        return sorted({page for _kind, page in self._parts} - {page.key for page in self.pages})

    def entries(self) -> Iterator[tuple[str, Any]]:
        """All that isn't a page, with the name of where it is."""
        collections: tuple[Collection[Any], ...] = (self.finders, self.cards, self.first_steps, *self._parts.values())
        for collection in collections:
            for entry in collection:
                yield f"An entry of the {collection.name},", entry

    def _of(self, kind: str, page: str) -> Collection[Any]:
        return self._parts.setdefault((kind, page), Collection(f"{kind} of {page!r}"))


dashboard = Dashboard()
"""Of the project."""
