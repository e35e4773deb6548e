"""Events: what happened, told upwards.

An event stands or falls with what it tells, so it is published inside the transaction that does it. Handlers return
nothing, take ids out of the event, are idempotent and bounded.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal, TypeVar, get_type_hints
from uuid import UUID

from ..errors import Misused

__all__ = ["Event", "Subscription", "known", "restore", "subscribe", "subscriptions", "unsubscribe"]

When = Literal["within", "after", "durable"]
E = TypeVar("E", bound="Event")
_types: dict[str, type[Event]] = {}
_subscriptions: dict[type[Event], list[Subscription]] = defaultdict(list)


@dataclass(frozen=True)
class Event:
    """Base of events. Subclasses are frozen dataclasses of ids and plain values; their dotted path is their stable name."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        _types[cls.name()] = cls

    @classmethod
    def name(cls) -> str:
        """Stable name, stored with durable deliveries."""
        return f"{cls.__module__}.{cls.__qualname__}"

    def payload(self) -> dict[str, Any]:
        """JSON from which :func:`restore` makes the event again."""
        return {f.name: _plain(getattr(self, f.name)) for f in fields(self)}


_READERS: dict[Any, Callable[[Any], Any]] = {Decimal: Decimal, UUID: UUID, datetime: datetime.fromisoformat}


def _plain(value: Any) -> Any:
    if isinstance(value, (Decimal, UUID)):
        return str(value)
    return value.isoformat() if isinstance(value, datetime) else value


def restore(name: str, payload: dict[str, Any]) -> Event:
    """The event that was stored under a name.

    Raises:
        Misused: No such event is known (its app was removed, or renamed without an alias).
    """
    cls = _types.get(name)
    if cls is None:
        raise Misused(f"No event is called {name!r}.")
    hints = get_type_hints(cls)
    return cls(**{key: _READERS.get(hints.get(key), _same)(value) for key, value in payload.items()})


def known() -> list[type[Event]]:
    """All classes of events that were imported so far, private ones left out, by their names."""
    return [event for _name, event in sorted(_types.items()) if not event.__name__.startswith("_")]


def _same(value: Any) -> Any:
    return value


@dataclass(frozen=True)
class Subscription:
    """A handler of an event.

    Attributes:
        name: Stable: durable deliveries are stored under it.
        elsewhere: It runs within, and leaves the rows alone that the event tells of.
    """

    event: type[Event]
    handler: Callable[[Any], None]
    when: When
    name: str
    elsewhere: bool = False


def subscribe(
    event: type[E],
    handler: Callable[[E], None],
    *,
    when: When = "durable",
    name: str = "",
    elsewhere: bool = False,
) -> None:
    """Call a handler for every event of a class. Called in ``handlers.py``, at start-up; twice is once.

    Args:
        event: Its class, not a base class.
        handler: Takes the event.
        when: ``within`` the publisher's transaction, where an error ends it all; ``after`` the commit, in the same process,
            lost if it dies; ``durable``, stored with the transaction and delivered at least once.
        name: Stable name of the handler; its dotted path by default.
        elsewhere: A handler ``within`` says that it leaves the rows alone that the event tells of (an order, its lines, its
            history), so that nobody needs to read them again after it.
    """
    name = name or f"{handler.__module__}.{handler.__qualname__}"
    if any(s.name == name and s.when == when for s in _subscriptions[event]):
        return
    _subscriptions[event].append(Subscription(event, handler, when, name, elsewhere))


def unsubscribe(event: type[E], name: str) -> None:
    """Take a handler away by its name, for instance to put the project's own in its place."""
    _subscriptions[event] = [s for s in _subscriptions[event] if s.name != name]


def subscriptions(event: type[Event] | None = None) -> list[Subscription]:
    """List the subscriptions to one event or to any."""
    if event is not None:
        return list(_subscriptions.get(event, ()))
    return [s for group in _subscriptions.values() for s in group]
