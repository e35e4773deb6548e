"""Keys of providers, which no page, log or error report shows by accident.

Django's error report prints the local variables of each frame, in DEBUG whatever they are called. So a key is a text whose
``repr`` says nothing, from where a gateway is made on.
"""

from __future__ import annotations

from collections.abc import Iterable

__all__ = ["Secret", "secret", "secrets"]


class Secret(str):
    """A text that isn't shown where a variable is printed. What is made of it (joined, encoded) is a plain text again."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "'…'"


def secret(option: object) -> Secret:
    """An option that should be a key; what isn't a text is none, which :meth:`Gateway.problem` tells."""
    return Secret(option.strip()) if isinstance(option, str) else Secret()


def secrets(option: object) -> tuple[Secret, ...]:
    """An option that should be a list of keys, or a single one."""
    if isinstance(option, str):
        return (secret(option),)
    return tuple(secret(value) for value in option) if isinstance(option, Iterable) else ()
