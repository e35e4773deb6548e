"""An ordered collection of what a page or the dashboard is made of; everybody changes it by the same three calls."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Generic, Protocol, TypeVar

from tradepost.core.errors import Misused

__all__ = ["Collection", "Keyed"]


class Keyed(Protocol):
    """An entry with a key of its own."""

    @property
    def key(self) -> str:
        """Stable: addresses, forms and other apps name it."""
        ...


E = TypeVar("E", bound=Keyed)


class Collection(Generic[E]):
    """Entries by key, in order.

    Args:
        name: For messages, as in ``columns of "orders"``.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._entries: dict[str, E] = {}

    def add(self, entry: E, *, before: str = "", after: str = "") -> E:
        """Add an entry: at the end, or beside another one.

        Returns:
            The entry, so that this decorates a class, too.

        Raises:
            Misused: There is an entry of its key, or none of the key that is named.
        """
        if entry.key in self._entries:
            raise Misused(f"There is already {entry.key!r} among the {self.name}; put yours there with replace().")
        keys = [*self._entries]
        place = len(keys)
        if before or after:
            place = keys.index(self._existing(before or after)) + (0 if before else 1)
        keys.insert(place, entry.key)
        entries = {**self._entries, entry.key: entry}
        self._entries = {key: entries[key] for key in keys}
        return entry

    def replace(self, entry: E) -> E:
        """Put an entry where one of the same key is.

        Raises:
            Misused: There is none.
        """
        self._entries[self._existing(entry.key)] = entry
        return entry

    def remove(self, key: str) -> None:
        """Leave an entry out.

        Raises:
            Misused: There is none of this key.
        """
        del self._entries[self._existing(key)]

    def get(self, key: str) -> E | None:
        """The entry of a key."""
        return self._entries.get(key)

    def __iter__(self) -> Iterator[E]:
        return iter([*self._entries.values()])

    def __len__(self) -> int:
        return len(self._entries)

    def __contains__(self, key: Any) -> bool:
        return key in self._entries

    def _existing(self, key: str) -> str:
        if key not in self._entries:
            existing = ", ".join(self._entries) or "none"
            raise Misused(f"There is no {key!r} among the {self.name}; there are: {existing}.")
        return key
