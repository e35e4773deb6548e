"""The base of pages about one row: its panels, its actions, and what changed since somebody opened a form."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.http import Http404

from ..registry import Action, TimelineEntry, dashboard
from .base import Page

__all__ = ["RecordPage"]


class RecordPage(Page):
    """A page about one row, which panels and actions share."""

    template_name = "tradepost/dashboard/record.html"
    in_menu = False

    def get_row(self) -> Any:
        """The row of the address with all that is shown of it, in a constant number of queries; ``None`` where there is none."""
        raise NotImplementedError

    def find_row(self) -> Any:
        """The same as an action needs it; ``None`` where there is none."""
        return self.get_row()

    @cached_property
    def row(self) -> Any:
        """The row.

        Raises:
            Http404: There is none.
        """
        row = self.get_row()
        if row is None:
            raise Http404
        return row

    def get_version(self, row: Any) -> str:
        """Something that is another one after each change of the row; empty where nobody needs to know."""
        return str(getattr(row, "version", ""))

    def changes_since(self, row: Any, version: str) -> list[str]:
        """Changes of a row since it had a version, a sentence each, for those who have an older one open."""
        return []

    def actions(self, row: Any) -> list[Action]:
        """Buttons that this reader has on the row now."""
        entries = dashboard.actions(self.key)
        return [entry for entry in entries if entry.access.allows(self.request.user) and entry.is_shown(row)]

    def get_title(self) -> str:
        """The name of the row."""
        return str(self.row)

    def get_context(self, **facts: Any) -> dict[str, Any]:
        """With the row, its buttons and its panels."""
        actions = self.actions(self.row)
        return super().get_context(
            row=self.row,
            actions=[entry for entry in actions if not (entry.is_quiet or entry.is_inside)],
            more_actions=[entry for entry in actions if entry.is_quiet],
            panels=self.shown_panels(),
            **facts,
        )

    def panel_context(self) -> dict[str, Any]:
        """The row, and by its key each action that the reader has on it."""
        return {"row": self.row, "may": {entry.key: entry for entry in self.actions(self.row)}}

    def timeline(self, row: Any) -> list[TimelineEntry]:
        """The history of the row, the latest first."""
        sources = dashboard.timeline(self.key)
        shown = [source for source in sources if source.access is None or source.access.allows(self.request.user)]
        entries = [entry for source in shown for entry in source.entries(row)]
        return sorted(entries, key=lambda entry: entry.at)[
            ::-1
        ]  # of what happened at once, what was told last comes first
