"""Deprecations: they warn for two minor releases, name what to use, and end in the release that they announced."""

from __future__ import annotations

import functools
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from ..errors import Misused

__all__ = ["Deprecation", "TradepostDeprecationWarning", "deprecated_since", "deprecations", "overdue"]

T = TypeVar("T", bound=Callable[..., Any])
KEPT_FOR = 2  # minor releases


class TradepostDeprecationWarning(DeprecationWarning):
    """Something of the library that a project uses goes away; the message says when, and what to use."""


@dataclass(frozen=True, slots=True)
class Deprecation:
    """One function or class that goes away."""

    name: str
    since: str
    removal: str
    use: str

    def __str__(self) -> str:
        return f"{self.name} is deprecated since {self.since} and goes away in {self.removal}; use {self.use}."


_known: list[Deprecation] = []


def deprecated_since(since: str, *, removal: str, use: str) -> Callable[[T], T]:
    """Warn whoever calls a function, or makes an instance of a class, that it goes away::

        @deprecated_since("0.2", removal="0.4", use="tradepost.orders.services.apply")
        def change_status(order, status): ...

    Args:
        since: The minor release that warns first.
        removal: The minor release that doesn't have it any more, at least two later, or the next major.
        use: What to use instead.

    Raises:
        Misused: It would go away too early.
    """
    first, last = _version(since), _version(removal)
    if last[0] == first[0] and last[1] - first[1] < KEPT_FOR:
        raise Misused(f"What is deprecated in {since} is kept until {first[0]}.{first[1] + KEPT_FOR} at least.")

    def mark(target: T) -> T:
        deprecation = Deprecation(f"{target.__module__}.{target.__qualname__}", since, removal, use)
        _known.append(deprecation)
        if isinstance(target, type):
            _warn_at_init(target, deprecation)
            return target

        @functools.wraps(target)
        def call(*args: Any, **kwargs: Any) -> Any:
            warnings.warn(str(deprecation), TradepostDeprecationWarning, stacklevel=2)
            return target(*args, **kwargs)

        return cast("T", call)

    return mark


def deprecations() -> list[Deprecation]:
    """List the deprecations of the modules that were imported so far."""
    return list(_known)


def overdue(version: str) -> list[Deprecation]:
    """List what a release may not have any more."""
    return [entry for entry in _known if _version(entry.removal) <= _version(version)]


def _version(text: str) -> tuple[int, int]:
    major, minor, *_rest = text.split(".")
    return int(major), int(minor)


def _warn_at_init(cls: Any, deprecation: Deprecation) -> None:
    """Subclasses warn, too: they will lose their base."""
    original = cls.__init__

    @functools.wraps(original)
    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:
        warnings.warn(str(deprecation), TradepostDeprecationWarning, stacklevel=2)
        original(self, *args, **kwargs)

    cls.__init__ = __init__
