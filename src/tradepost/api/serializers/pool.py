"""A pool of serializers that write answers, so that their fields aren't built anew for each.

Building the fields of a product's answer costs more than reading their values. A serializer of the pool is one caller's at a
time, and is given back when the answer is made. Only what DRF or Tradepost wrote goes there: a project's class may keep from one
call what the next one must not see, so it is made anew each time; so is whatever shows other fields to other callers.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import Any

from django.core.signals import setting_changed
from rest_framework.serializers import BaseSerializer, Serializer

from tradepost.core.extending.exposed_fields import declarations

from .extra import ExtraSerializer
from .field_patterns import declared_by, is_of_ours

__all__ = ["forget_pool", "write"]

_SIZE = 8  # of one kind; so many calls at once find one, and what more of them make is let go
_pool: dict[tuple[type, bool], deque[_Kept]] = {}


class _Kept:
    """A serializer that waits for the next call.

    Attributes:
        made_of: The declarations that its fields, and those within, were built from.
    """

    def __init__(self, serializer: Any) -> None:
        self.serializer = serializer
        self._serializers = [each for each in _within(serializer) if isinstance(each, BaseSerializer)]
        self._made_of = self._declared()

    def is_true(self) -> bool:
        """Whether the declarations are still the same; a project may change them when it starts."""
        return self._declared() == self._made_of

    def _declared(self) -> list[Any]:
        return [*map(declared_by, self._serializers), *declarations()]


def write(cls: type[Any], value: Any, *, many: bool = False, context: dict[str, Any]) -> Any:
    """The answer that a serializer makes of a value, or of each of ``many``.

    Args:
        context: As the serializer takes it.
    """
    waiting = _pool.setdefault((cls, many), deque(maxlen=_SIZE))
    kept = _taken(waiting)
    if kept is None:
        serializer = cls(value, many=True, context=context) if many else cls(value, context=context)
        data = serializer.data
        if _may_wait(serializer):
            _give_back(_Kept(serializer), waiting)
        return data
    serializer = kept.serializer
    serializer.instance, serializer._context = value, context  # noqa: SLF001 - as DRF's constructor does
    data = serializer.to_representation(value)
    _give_back(kept, waiting)  # after an error it isn't
    return data


def forget_pool(**_kwargs: Any) -> None:
    """Build anew at the next use: a setting has changed."""
    _pool.clear()


def _taken(waiting: deque[_Kept]) -> _Kept | None:
    try:
        kept = waiting.pop()  # by one thread only
    except IndexError:
        return None
    return kept if kept.is_true() else None


def _give_back(kept: _Kept, waiting: deque[_Kept]) -> None:
    kept.serializer.instance, kept.serializer._context = None, {}  # noqa: SLF001
    kept.serializer.__dict__.pop("_data", None)
    waiting.append(kept)


def _may_wait(serializer: Any) -> bool:
    """Whether all of it is ours, and the same for every caller."""
    return all(
        each is not None and is_of_ours(type(each)) and not isinstance(each, ExtraSerializer)
        for each in _within(serializer)
    )


def _within(field: Any, above: tuple[type, ...] = ()) -> Iterator[Any]:
    """A serializer or field, and all in it; ``None`` for one within its own kind, as in a tree: there would be no end."""
    if isinstance(field, Serializer) and type(field) in above:
        yield None
        return
    yield field
    below = (*above, type(field))
    if getattr(field, "child", None) is not None:
        yield from _within(field.child, above)
    elif isinstance(field, Serializer):
        for each in field.fields.values():
            yield from _within(each, below)


setting_changed.connect(forget_pool)
