"""Values that staff change rarely, kept in the process under the version of what they were made of."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, Generic, TypeVar
from weakref import WeakSet

from django.core.signals import setting_changed
from django.db.models.signals import post_migrate
from django.utils.translation import get_language

from .scopes import current
from .tokens import alias, read_versions

__all__ = ["Frozen", "forget_all"]

V = TypeVar("V")
_KEYS = 256  # values that one of them keeps
_all: WeakSet[Frozen[Any]] = WeakSet()


class Frozen(Generic[V]):
    """The values of one or more kinds, by key where they differ by it, and by language; never older than the request.

    Args:
        kinds: Names that are given to :func:`~tradepost.core.versions.watch`.
        load: Makes a value of what is stored, from the key's parts; plain data that nobody can change. Dates are no part of it:
            keep rows that begin or end some day with their dates, and look at these when you are asked.
    """

    def __init__(self, kinds: str | tuple[str, ...], load: Callable[..., V]) -> None:
        self.kinds = (kinds,) if isinstance(kinds, str) else kinds
        self.load = load
        self._kept: dict[Hashable, tuple[object, V]] = {}
        _all.add(self)

    def get(self, *key: Hashable, load: Callable[[], V] | None = None, by_one_query: bool = False) -> V:
        """The value for a key as it was when versions were read, or later; no query where it is kept.

        Args:
            load: Makes it in place of the one that was given for all keys, where a key's parts don't suffice.
            by_one_query: It is made by a single query, so no change can come between two; then versions aren't read again.
        """
        using = alias()
        version = self._version(current(using))
        place = (using, get_language(), *key)  # names may be in the reader's language
        kept = self._kept.get(place)
        if kept is not None and kept[0] == version:
            return kept[1]
        value = self.load(*key) if load is None else load()
        # Else a change may have come between two of its queries.
        if by_one_query or self._version(read_versions(using)) == version:
            if len(self._kept) >= _KEYS:
                self._kept.clear()
            self._kept[place] = version, value
        return value

    def forget(self) -> None:
        """Load anew when asked next."""
        self._kept.clear()

    def _version(self, versions: Any) -> tuple[int, ...]:
        return tuple([versions.get(kind, 0) for kind in self.kinds])


def forget_all(**_kwargs: Any) -> None:
    """Forget what is kept in this process: when a setting changes, and after migrations and ``flush``."""
    for frozen in [*_all]:
        frozen.forget()


setting_changed.connect(forget_all, dispatch_uid="tradepost.versions.settings")
post_migrate.connect(forget_all, dispatch_uid="tradepost.versions.migrate")
