"""The kinds behind an answer that is kept, where a project's own class takes part in it.

Ours read what is watched. Of a project's class nobody knows what it looks at. So it says what it reads, in an attribute of its
own, or answers that it takes part in aren't kept::

    class WholesalePricer:
        depends_on = ("wholesale.terms",)      # kinds that are watched; () where it reads nothing beside what it is given
"""

from __future__ import annotations

from collections.abc import Iterable

from .watched_tables import is_watched

__all__ = ["kinds_behind"]

_KNOWN = ("tradepost", "django", "django_filters", "rest_framework", "treebeard")


def kinds_behind(classes: Iterable[type]) -> frozenset[str] | None:
    """The kinds that some classes read beside ours; ``None`` where one of them doesn't say, or names a kind that nobody watches.

    What a class inherits doesn't count: a subclass may read more.
    """
    names: set[str] = set()
    for cls in classes:
        own = vars(cls).get("depends_on")
        if own is not None:
            names |= set(own)
        elif cls.__module__.partition(".")[0] not in _KNOWN:
            return None
    return frozenset(names) if all(is_watched(name) for name in names) else None
