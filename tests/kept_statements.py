"""Compiled queries of each state of the settings: a test that changes one begins with those of the last test that had the same.

In a project a change of settings throws all of them away, and nobody changes any while a shop runs. Tests do so all the time, and
compiling the same queries anew after each change takes a tenth of what a purchase costs.
"""

from __future__ import annotations

from typing import Any
from weakref import WeakKeyDictionary

from django.conf import UserSettingsHolder, settings
from django.core.signals import setting_changed

from tradepost.core.db import Prepared, forget_prepared
from tradepost.core.db.prepared import _all

STATES = 40  # are kept, those that were left last


def changed_settings() -> str:
    """The settings that tests have changed, with their values; empty where none is."""
    changed: dict[str, Any] = {}
    holder = settings._wrapped
    while isinstance(holder, UserSettingsHolder):
        own = {name: value for name, value in vars(holder).items() if name.isupper()}
        changed = own | dict.fromkeys(holder._deleted, "deleted") | changed
        holder = holder.default_settings
    return repr(sorted(changed.items())) if changed else ""


class StatementsBySettings:
    """Keeps the queries of a state when it is left, and has them again when it comes back."""

    def __init__(self) -> None:
        self._kept: dict[str, WeakKeyDictionary[Prepared[Any], Any]] = {}
        self._state = ""

    def install(self) -> None:
        """Instead of what forgets all at each change; what is told to forget still forgets the queries of every state."""
        setting_changed.disconnect(forget_prepared)
        setting_changed.connect(self.switch)
        forget = Prepared.forget

        def forget_everywhere(query: Prepared[Any]) -> None:
            self._kept.clear()
            forget(query)

        Prepared.forget = forget_everywhere  # type: ignore[method-assign]

    def switch(self, **_: Any) -> None:
        """A setting has changed."""
        state = changed_settings()
        if state == self._state:
            return
        self._keep()
        self._state = state
        kept = self._kept.pop(state, {})
        for query in list(_all):
            query._shapes, query._statements, query._is_full = kept.get(query, ({}, {}, False))

    def _keep(self) -> None:
        if " at 0x" in self._state:  # another object may have the same address the next time
            return
        self._kept[self._state] = WeakKeyDictionary(
            {query: (query._shapes, query._statements, query._is_full) for query in _all if query._shapes}
        )
        while len(self._kept) > STATES:
            del self._kept[next(iter(self._kept))]
