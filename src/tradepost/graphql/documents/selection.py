"""The selection below a field of a document."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from strawberry.types.nodes import SelectedField

__all__ = ["Selected", "selected_below"]


@dataclass(slots=True)
class Selected:
    """A field that is asked for.

    Attributes:
        name: As in the schema.
        key: Under which it is answered.
        below: What is asked for below it, by key.
    """

    name: str
    key: str
    arguments: dict[str, Any]
    below: dict[str, Selected] = field(default_factory=dict)

    def first(self, name: str) -> Selected | None:
        """The field of a name below it."""
        return next((each for each in self.below.values() if each.name == name), None)


def selected_below(info: Any) -> Selected:
    """The field of an ``Info``, with fragments in their place and without what is skipped."""
    node = info.selected_fields[0]
    asked = Selected(node.name, node.alias or node.name, node.arguments)
    for each in info.selected_fields:  # one field, asked for several times
        _collect(each.selections, asked.below)
    return asked


def _collect(selections: Iterable[Any], into: dict[str, Selected]) -> None:
    for node in _shown(selections):
        if isinstance(node, SelectedField):
            key = node.alias or node.name
            entry = into.setdefault(key, Selected(node.name, key, node.arguments))
            _collect(node.selections, entry.below)
        else:
            _collect(node.selections, into)


def _shown(selections: Iterable[Any]) -> Iterator[Any]:
    for node in selections:
        skipped = node.directives.get("skip", {}).get("if", False) is True
        included = node.directives.get("include", {}).get("if", True) is True
        if included and not skipped and not getattr(node, "name", "").startswith("__"):
            yield node
