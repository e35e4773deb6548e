"""Checks of a gateway's ``OPTIONS`` by what its constructor says that it takes, before any SDK sees them."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, get_args, get_origin, get_type_hints

from django.core.checks import CheckMessage, Error
from django.utils.module_loading import import_string

__all__ = ["lines", "wrong_types"]

_KEY = re.compile("key|secret|client_id")
_NAMES = {str: "a text", bool: "True or False", int: "a whole number"}


def wrong_types(where: str, entry: Mapping[str, Any]) -> Iterator[CheckMessage]:
    """An error for each option of another type: ``None`` where a key should be, mostly.

    Args:
        where: The setting with its keys, for the message.
        entry: Of ``GATEWAYS``; one whose backend can't be imported, or says no types, is left to others.
    """
    options, hints = entry.get("OPTIONS"), _hints(entry["BACKEND"])
    if options is not None and not isinstance(options, Mapping):
        text = f'{where}["OPTIONS"] must be a dict, not {type(options).__name__}.'
        yield Error(text, hint=f'{where}["OPTIONS"] = {{}}', id="tradepost.E605")
        return
    for name, value in (options or {}).items():
        expected = _wanted(hints.get(name), value)
        if expected:
            text = f'{where}["OPTIONS"]["{name}"] must be {expected}, not {_shown(value)}.'
            yield Error(text, hint=_line(where, name, hints[name]), id="tradepost.E605")


def lines(where: str, entry: Mapping[str, Any], problem: str) -> str | None:
    """The lines to paste for the keys that a gateway misses, by their names in its complaint; ``None`` where it misses none."""
    hints = _hints(entry["BACKEND"])
    missing = [name for name in hints if _KEY.search(name) and re.search(rf"\b{name}\b", problem)]
    return "\n".join(_line(where, name, hints[name]) for name in missing) or None


def _hints(path: Any) -> dict[str, Any]:
    """Types of the constructor's parameters; none where they can't be told."""
    try:
        constructor = import_string(path).__init__
        hints = get_type_hints(constructor)
        return {name: hints[name] for name in inspect.signature(constructor).parameters if name in hints}
    except Exception:  # noqa: BLE001 - somebody's module or annotations: making the gateway tells what is wrong with it
        return {}


def _wanted(hint: Any, value: Any) -> str:
    """The type that a value should have, in words; empty where it has it, or where nothing can be said."""
    if hint in _NAMES:
        fits = isinstance(value, hint) and (hint is not int or not isinstance(value, bool))
        return "" if fits else _NAMES[hint]
    if get_origin(hint) is Sequence and get_args(hint) == (str,):
        many = isinstance(value, list | tuple) and all(isinstance(entry, str) for entry in value)
        return "" if many or isinstance(value, str) else "a list of texts"
    return ""


def _shown(value: Any) -> str:
    """Of which type it is; never what it is, since it may be a key."""
    if isinstance(value, list | tuple):
        return f"a list with {' and '.join(sorted({type(entry).__name__ for entry in value}))} in it"
    return "None" if value is None else type(value).__name__


def _line(where: str, name: str, hint: Any) -> str:
    read = f'os.environ["{name.upper()}"]'
    if get_origin(hint) is Sequence:
        read = f"[{read}]"
    examples = {bool: "True", int: "15"}
    return f'{where}["OPTIONS"]["{name}"] = {examples.get(hint, read)}'
