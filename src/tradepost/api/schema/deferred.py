"""How views say what the schema shall tell of them.

drf-spectacular, and what it brings, is loaded when somebody asks for the schema: a worker that only answers calls never needs it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from threading import Lock
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from .description import TradepostSchema

__all__ = ["DeferredSchema", "ViewSchema", "extend_schema", "make_deferred"]

F = TypeVar("F", bound=Callable[..., Any])


class DeferredSchema:
    """The schema class of one method, which is made when it is asked for.

    To whoever looks for its class, as drf-spectacular does, it is an instance of it.
    """

    view: Any = None  # DRF tells every schema its view

    def __init__(self, base: Any, options: dict[str, Any]) -> None:
        self.base, self.options = base, options

    @cached_property
    def made(self) -> type[Any]:
        """The class itself."""
        base = self.base.made if type(self.base) is DeferredSchema else self.base
        schema_class: type[Any] = _description().described(self.options, base)
        return schema_class

    @property  # type: ignore[misc]
    def __class__(self) -> type[Any]:
        return self.made


class ViewSchema:
    """The attribute ``schema`` of views, which becomes a :class:`~.description.TradepostSchema` when it is asked for."""

    @cached_property
    def made(self) -> TradepostSchema:
        """The schema itself."""
        schema: TradepostSchema = _description().TradepostSchema()
        return schema

    @property  # type: ignore[misc]
    def __class__(self) -> type[Any]:
        return type(self.made)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # what is only probed for, as by copying
            raise AttributeError(name)
        return getattr(self.made, name)

    def __get__(self, view: Any, owner: type[Any] | None = None) -> Any:
        return self if view is None else self.made.__get__(view, owner)

    def __set__(self, view: Any, value: Any) -> None:
        if type(value) is not DeferredSchema:  # that comes with every call of an action, and a generator sets its own
            self.made.__set__(view, value)


class _Waiting:
    """Descriptions of methods, until the schema is asked for."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.entries: list[dict[str, Any]] | None = []

    def add(self, entry: dict[str, Any]) -> None:
        """Keep one, or make its class at once where the schema was asked for before."""
        with self.lock:
            if self.entries is not None:
                self.entries.append(entry)
                return
        _make(entry)

    def make(self) -> None:
        """Make the classes of all, and of each that comes later."""
        with self.lock:
            entries, self.entries = self.entries, None
        for entry in entries or ():
            _make(entry)


def _make(entry: dict[str, Any]) -> None:
    if type(entry["schema"]) is DeferredSchema:  # else the project's own has taken it in
        entry["schema"] = entry["schema"].made


_waiting = _Waiting()


def make_deferred() -> None:
    """Make the classes of all methods that described themselves, and of each that does from now on."""
    _waiting.make()


def _description() -> Any:
    from . import description

    make_deferred()
    return description


def extend_schema(**options: Any) -> Callable[[F], F]:
    """drf-spectacular's decorator, on our schema class and not on the one of the project's ``REST_FRAMEWORK``.

    For methods of views; above ``@action`` where there is one. ``request`` and ``responses`` may also be keys of
    ``TRADEPOST_API["SERIALIZERS"]``, as in ``responses={201: "orders.Order"}``; ``["orders.Order"]`` is a list of such, in
    pages where the view has some.
    """

    def decorate(method: F) -> F:
        before = getattr(method, "kwargs", {})
        # One dict, which copies of the method share: so each of them gets the class.
        kwargs = {**before, "schema": DeferredSchema(before.get("schema"), options)}
        method.kwargs = kwargs  # type: ignore[attr-defined]
        _waiting.add(kwargs)
        return method

    return decorate
