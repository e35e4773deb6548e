"""Whether what a setting names fits the port that it is to fill: told at start-up, and not at the first order."""

from __future__ import annotations

import difflib
import inspect
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, get_type_hints

from django.utils.module_loading import import_string

__all__ = ["Port", "has_any", "mismatches", "port_of", "unknown_option"]


@dataclass(frozen=True, slots=True)
class Port:
    """Marks a key of a settings class that chooses an implementation of a Protocol or an ABC::

    PRICER: Annotated[Backend, Port(Pricer)] = Backend("tradepost.pricing.prices.list_pricer.ListPricer")

    Attributes:
        may: Protocols that the same implementation may fill as well: whoever has a method of one has them all.
    """

    protocol: type[Any]
    may: tuple[type[Any], ...] = ()

    @property
    def path(self) -> str:
        """Dotted path of the Protocol or ABC."""
        return f"{self.protocol.__module__}.{self.protocol.__qualname__}"


def port_of(cls: type[Any], key: str) -> Port | None:
    """The port that a key of a settings class chooses for."""
    hint = get_type_hints(cls, include_extras=True).get(key)
    return next((entry for entry in getattr(hint, "__metadata__", ()) if isinstance(entry, Port)), None)


def mismatches(built: object, protocol: type[Any]) -> list[str]:
    """List what keeps an object from filling a port: missing methods, parameters that don't agree. Empty where it fits."""
    if inspect.isabstract(protocol) and not isinstance(built, protocol):
        return [f"{_name(built)} is not a subclass of {protocol.__module__}.{protocol.__qualname__}"]
    problems: list[str] = []
    for name, method in _methods(protocol):
        # A function's own __call__ takes anything.
        have = built if name == "__call__" and inspect.isroutine(built) else getattr(built, name, None)
        if not callable(have):
            problems.append(f"{_name(built)} lacks the method {name}{_shown(method)}")
        else:
            problems += [f"{_name(built)}.{name}: {problem}" for problem in _disagree(have, method)]
    return problems


def has_any(built: object, protocol: type[Any]) -> bool:
    """Whether an object has a method of a protocol, as one that means to fill it."""
    return any(callable(getattr(built, name, None)) for name, _wanted in _methods(protocol))


def _name(built: object) -> str:
    return getattr(built, "__name__", type(built).__name__)


def _methods(protocol: type[Any]) -> Iterator[tuple[str, Any]]:
    for name, member in inspect.getmembers(protocol, inspect.isfunction):
        if member.__module__ != "typing" and (name == "__call__" or not name.startswith("_")):
            yield name, member


def _parameters(function: Any, *, bound: bool) -> list[inspect.Parameter]:
    parameters = list(inspect.signature(function).parameters.values())
    return parameters if bound else parameters[1:]


def _shown(method: Any) -> str:
    return f"({', '.join(str(p).split(':')[0] for p in _parameters(method, bound=False))})"


def _disagree(have: Any, expected: Any) -> Iterator[str]:
    try:
        mine = _parameters(have, bound=True)
    except (TypeError, ValueError):  # a builtin that doesn't tell
        return
    theirs = _parameters(expected, bound=False)
    kinds = inspect.Parameter
    catch_all = {p.kind for p in mine}
    names = [p.name for p in mine if p.kind not in (kinds.VAR_POSITIONAL, kinds.VAR_KEYWORD)]
    for place, parameter in enumerate(theirs):
        if parameter.kind is kinds.POSITIONAL_ONLY:
            if place >= len(names) and kinds.VAR_POSITIONAL not in catch_all:
                yield f"takes {len(names)} arguments, and is called with {len(theirs)}"
        elif parameter.name not in names and kinds.VAR_KEYWORD not in catch_all:
            near = difflib.get_close_matches(parameter.name, names, n=1)
            called = f"; rename {near[0]!r}" if near else ""
            yield f"lacks the parameter {parameter.name!r}{called}"
    passed = {p.name for p in theirs} | {p.name for p in mine[: len(theirs)] if theirs[0].kind is kinds.POSITIONAL_ONLY}
    for parameter in mine:
        optional = parameter.default is not kinds.empty or parameter.kind in (kinds.VAR_POSITIONAL, kinds.VAR_KEYWORD)
        if not optional and parameter.name not in passed:
            yield f"asks for {parameter.name!r}, which is never given; give it a default"


def unknown_option(path: str, options: Mapping[str, Any], error: Exception) -> str:
    """Explain a ``TypeError`` at building a backend to whoever wrote its options."""
    try:
        accepted = [p.name for p in _parameters(import_string(path).__init__, bound=False)]
    except (AttributeError, ImportError, TypeError, ValueError):
        return str(error)
    for option in options:
        if option not in accepted:
            near = difflib.get_close_matches(option, accepted, n=1)
            hint = f'did you mean "{near[0]}"?' if near else f"known options: {', '.join(accepted) or 'none'}."
            return f'it has no option "{option}"; {hint}'
    return str(error)
