"""Two people at one form: fields that nobody else touched are saved, and those that both changed are shown with both values."""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

__all__ = ["Comparison", "digests", "read_digests"]

_LENGTH = 12


def digests(values: Mapping[str, Any]) -> str:
    """Marks of the values that a form was shown with, for a hidden field of it."""
    return json.dumps({name: _digest(value) for name, value in values.items()}, separators=(",", ":"))


def read_digests(text: str) -> dict[str, str]:
    """The marks that came back; none where they can't be read."""
    try:
        marks = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return {str(name): str(mark) for name, mark in marks.items()} if isinstance(marks, dict) else {}


class Comparison:
    """The values of a form beside those that it was shown with, and those that are stored now.

    Args:
        mine: Values by field, as JSON would keep them.
        seen: Marks of those that were shown.
        stored: Those that are stored, the row being locked.
        yielded: Fields whose stored values the writer takes over.
    """

    def __init__(
        self, mine: Mapping[str, Any], seen: Mapping[str, str], stored: Mapping[str, Any], yielded: Any = ()
    ) -> None:
        self.stored = stored
        named = {name for name in mine if name not in yielded}
        self.changed = {
            name: mine[name] for name in named if _digest(mine[name]) != seen.get(name, _digest(stored.get(name)))
        }
        self.conflicts = {
            name: stored[name]
            for name in self.changed
            if name in stored and name in seen and seen[name] != _digest(stored[name]) and stored[name] != mine[name]
        }
        self.changed = {name: value for name, value in self.changed.items() if stored.get(name) != value}

    def acknowledged(self, seen: Mapping[str, str]) -> str:
        """The marks for the form that is shown again: its writer has seen what is in conflict now."""
        return json.dumps({**seen, **{name: _digest(value) for name, value in self.conflicts.items()}})


def _digest(value: Any) -> str:
    text = json.dumps(value, sort_keys=True, default=str)
    return sha256(text.encode()).hexdigest()[:_LENGTH]
