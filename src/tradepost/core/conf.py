"""Settings: one frozen dataclass for each app, read from one dict of its name.

An app's ``conf.py`` declares ``@dataclass(frozen=True, slots=True, kw_only=True) class OrderSettings`` and an accessor
``def settings() -> OrderSettings: return load("TRADEPOST_ORDERS", OrderSettings)``. Defaults stand in the dataclass only; what is
wrong is told by a system check (:func:`check_settings`) and not at first use.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, dataclass, field, fields
from functools import cache
from importlib import import_module
from typing import Any, TypeVar, cast, get_origin, get_type_hints

from django.conf import settings as django_settings
from django.core.checks import CheckMessage, Error
from django.core.exceptions import ImproperlyConfigured
from django.core.signals import setting_changed
from django.utils.module_loading import import_string

from .extending.moved_paths import moved_to
from .extending.port_checks import (
    Port,
    has_any,
    mismatches,
    port_of,
    unknown_option,
)
from .inputs.bounds import bound_problem, may_be_zero

__all__ = ["Backend", "check_backend", "check_settings", "declared", "instance", "load", "raw", "settings_class"]

S = TypeVar("S")
C = TypeVar("C", bound=type)
_declared: dict[str, type[Any]] = {}


def settings_class(name: str) -> Callable[[C], C]:
    """Declare a settings dataclass under the name of its dict."""

    def declare(cls: C) -> C:
        _declared[name] = cls
        return cls

    return declare


def declared() -> dict[str, type[Any]]:
    """Settings classes of the loaded apps, by the names of their dicts."""
    return dict(sorted(_declared.items()))


@dataclass(frozen=True, slots=True)
class Backend:
    """A class or function that a setting names, with the keyword arguments it is made with."""

    path: str
    options: Mapping[str, Any] = field(default_factory=dict, repr=False)  # it may hold secrets

    @classmethod
    def read(cls, value: Any) -> Backend:
        """From ``{"BACKEND": path, "OPTIONS": {…}}``, or the path alone.

        Raises:
            ImproperlyConfigured: It is neither.
        """
        if isinstance(value, Backend):
            return value
        if isinstance(value, str):
            return cls(value)
        if (
            isinstance(value, Mapping)
            and isinstance(value.get("BACKEND"), str)
            and value.keys() <= {"BACKEND", "OPTIONS"}
        ):
            return cls(value["BACKEND"], dict(value.get("OPTIONS") or {}))
        raise ImproperlyConfigured(f'{value!r} is not {{"BACKEND": "path.to.Class", "OPTIONS": {{…}}}}')


def raw(name: str) -> Mapping[str, Any]:
    """The project's dict of that name as it is, empty where there is none."""
    value = getattr(django_settings, name, {})
    return value if isinstance(value, Mapping) else {}


def load(name: str, cls: type[S]) -> S:
    """Settings of an app: the project's values over the dataclass's defaults. Cached until a setting changes.

    Raises:
        ImproperlyConfigured: An unknown key or a malformed backend; the system check says more.
    """
    loaded: S = _load(name, cast(Any, cls))
    return loaded


@cache
def _load(name: str, cls: type[Any]) -> Any:
    hints = get_type_hints(cls)
    values = {}
    for key, value in raw(name).items():
        if key not in hints:
            raise ImproperlyConfigured(_unknown(name, key, hints))
        values[key] = Backend.read(value) if hints[key] is Backend else value
    return cls(**values)


@dataclass(frozen=True, slots=True)
class _Made:
    """By what an instance is found again. An error report prints it, so it doesn't show the options."""

    path: str
    options: Any = field(repr=False)


_instances: dict[_Made, Any] = {}


def instance(backend: Backend) -> Any:
    """Build the object that a backend setting names, once for each set of options.

    A class is instantiated with the options; a function is given as it is.
    """
    key = _Made(backend.path, _frozen(backend.options))
    if key not in _instances:
        target = import_string(backend.path)
        _instances[key] = target(**backend.options) if isinstance(target, type) or backend.options else target
    return _instances[key]


def _frozen(value: Any) -> Any:
    """Something hashable for an option's value: lists and dicts are compared by what they hold."""
    if isinstance(value, Mapping):
        return tuple(sorted((key, _frozen(entry)) for key, entry in value.items()))
    if isinstance(value, list | tuple):
        return tuple(_frozen(entry) for entry in value)
    return frozenset(value) if isinstance(value, set) else value


def _unknown(name: str, key: str, keys: Mapping[str, Any]) -> str:
    near = difflib.get_close_matches(key, keys, n=1, cutoff=0.5)
    hint = f' Did you mean "{near[0]}"?' if near else f" Known keys: {', '.join(sorted(keys))}."
    return f'{name} has no key "{key}".{hint}'


def check_settings(name: str, cls: type[Any], code: str) -> list[CheckMessage]:
    """Messages for one settings dict: not a dict, unknown keys, values of a wrong type, backends that can't be imported.

    Args:
        name: The setting, as in ``TRADEPOST_ORDERS``.
        cls: The app's settings dataclass.
        code: Id of the messages, as in ``tradepost.E201``.
    """
    if not isinstance(getattr(django_settings, name, {}), Mapping):
        return [Error(f"{name} must be a dict.", hint=f"{name} = {{}}", id=code)]
    hints = get_type_hints(cls)
    messages: list[CheckMessage] = []
    for key, value in raw(name).items():
        if key not in hints:
            messages.append(Error(_unknown(name, key, hints), id=code))
        elif hints[key] is Backend:
            messages += check_backend(f'{name}["{key}"]', value, code, port_of(cls, key))
        elif isinstance(value, (list, tuple)) and port_of(cls, key):
            for path in value:
                messages += check_backend(f'{name}["{key}"]', path, code, port_of(cls, key))
        elif (classes := _classes(hints[key])) and not _is_instance(value, classes):
            default = next(f.default for f in fields(cls) if f.name == key)
            example = f"({value!r},)" if isinstance(value, str) and tuple in classes else repr(default)
            hint = None if default is MISSING and example == repr(default) else f'{name} = {{"{key}": {example}}}'
            wrong = f'{name}["{key}"] must be {classes[-1].__name__}, not {type(value).__name__}.'
            messages.append(Error(wrong, hint=hint, id=code))
        elif problem := bound_problem(value, zero=may_be_zero(cls, key)):
            default = next(f.default for f in fields(cls) if f.name == key)
            wrong = f'{name}["{key}"] {problem}, not {value!r}.'
            messages.append(Error(wrong, hint=f'{name} = {{"{key}": {default!r}}}', id=code))
        elif isinstance(value, (list, tuple)):
            messages += _repeated(f'{name}["{key}"]', value, code)
    return messages


def _repeated(where: str, values: Sequence[Any], code: str) -> list[CheckMessage]:
    """Report entries that are in a list twice; ordered steps have a check of their own (:mod:`.extending.ordered_settings`)."""
    once = [value for place, value in enumerate(values) if value not in values[:place]]
    twice = [value for value in once if sum(other == value for other in values) > 1]
    hint = f"Write {tuple(once)!r}."
    return [Error(f"{where} has {value!r} twice.", hint=hint, id=code) for value in twice]


def _is_instance(value: Any, classes: tuple[type, ...]) -> bool:
    """Truth is no number here, though Python takes it for one."""
    return isinstance(value, classes) and (bool in classes or not isinstance(value, bool))


def _classes(hint: Any) -> tuple[type, ...]:
    """The classes that a value must be an instance of, as far as a class can say it; a text is no list of texts."""
    origin = get_origin(hint)
    if origin in (tuple, list, Sequence):
        return list, tuple
    if origin is Mapping:
        return (Mapping,)
    return (hint,) if isinstance(hint, type) else ()


def _near(path: str) -> str:
    """Suggest a path for one that can't be imported."""
    module, _dot, name = path.rpartition(".")
    try:
        near = difflib.get_close_matches(name, dir(import_module(module)), n=1)
    except (ImportError, ValueError):
        return ""
    return f"{module}.{near[0]}" if near else ""


def check_backend(where: str, value: Any, code: str, port: Port | None) -> list[CheckMessage]:
    """Messages for one backend: it can't be imported or made, or it doesn't fit its port.

    Args:
        where: The setting with its keys, for the message.
    """
    hint = 'Write {"BACKEND": "path.to.Class", "OPTIONS": {}}.'
    try:
        backend = Backend.read(value)
    except ImproperlyConfigured as error:
        return [Error(f"{where} can't be used: {error}", hint=hint, id=code)]
    try:
        built = instance(backend)
    except TypeError as error:
        why = unknown_option(backend.path, backend.options, error)
        return [Error(f"{where} can't be used: {backend.path}: {why}", hint=hint, id=code)]
    except ImportError as error:
        hint = 'Write the path of a class or a function, as in "myshop.module.Name".'
        if near := _near(backend.path):
            hint = f'Did you mean "{near}"?'
        if new := moved_to(backend.path):
            hint = f'It has moved: write "{new}".'
        return [Error(f"{where} can't be used: {error}", hint=hint, id=code)]
    except Exception as error:  # noqa: BLE001 - whatever somebody's class raises
        why = f"{backend.path} can't be made: {type(error).__name__}: {error}"
        return [Error(f"{where}: {why}", hint="Fix its options, or its __init__.", id=code)]
    if port is None:
        return []
    protocols = [port.protocol, *(more for more in port.may if has_any(built, more))]
    return [
        Error(f"{where}: {problem}.", hint=f"It must fit {protocol.__module__}.{protocol.__qualname__}.", id=code)
        for protocol in protocols
        for problem in mismatches(built, protocol)
    ]


def _forget(**kwargs: Any) -> None:
    _load.cache_clear()
    _instances.clear()


setting_changed.connect(_forget)
