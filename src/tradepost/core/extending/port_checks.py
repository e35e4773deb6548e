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
    return next((found for found in getattr(hint, "__metadata__", ()) if isinstance(found, Port)), None)


def mismatches(made: object, protocol: type[Any]) -> list[str]:
    """What keeps an object from filling a port: missing methods, and parameters that don't agree. Empty where it fits."""
    if inspect.isabstract(protocol) and not isinstance(made, protocol):
        return [f"{_name(made)} is not a subclass of {protocol.__module__}.{protocol.__qualname__}"]
    found: list[str] = []
    for name, wanted in _methods(protocol):
        # A function's own __call__ takes anything.
        have = made if name == "__call__" and inspect.isroutine(made) else getattr(made, name, None)
        if not callable(have):
            found.append(f"{_name(made)} lacks the method {name}{_shown(wanted)}")
        else:
            found += [f"{_name(made)}.{name}: {problem}" for problem in _disagree(have, wanted)]
    return found


def has_any(made: object, protocol: type[Any]) -> bool:
    """Whether an object has a method of a protocol, as one that means to fill it."""
    return any(callable(getattr(made, name, None)) for name, _wanted in _methods(protocol))


def _name(made: object) -> str:
    return getattr(made, "__name__", type(made).__name__)


def _methods(protocol: type[Any]) -> Iterator[tuple[str, Any]]:
    for name, member in inspect.getmembers(protocol, inspect.isfunction):
        if member.__module__ != "typing" and (name == "__call__" or not name.startswith("_")):
            yield name, member


def _parameters(function: Any, *, bound: bool) -> list[inspect.Parameter]:
    found = list(inspect.signature(function).parameters.values())
    return found if bound else found[1:]


def _shown(wanted: Any) -> str:
    return f"({', '.join(str(p).split(':')[0] for p in _parameters(wanted, bound=False))})"


def _disagree(have: Any, wanted: Any) -> Iterator[str]:
    try:
        mine = _parameters(have, bound=True)
    except (TypeError, ValueError):  # a builtin that doesn't tell
        return
    theirs = _parameters(wanted, bound=False)
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
    known = {p.name for p in theirs} | {p.name for p in mine[: len(theirs)] if theirs[0].kind is kinds.POSITIONAL_ONLY}
    for parameter in mine:
        optional = parameter.default is not kinds.empty or parameter.kind in (kinds.VAR_POSITIONAL, kinds.VAR_KEYWORD)
        if not optional and parameter.name not in known:
            yield f"asks for {parameter.name!r}, which is never given; give it a default"


def unknown_option(path: str, options: Mapping[str, Any], error: Exception) -> str:
    """What a ``TypeError`` at making a backend means for whoever wrote its options."""
    try:
        known = [p.name for p in _parameters(import_string(path).__init__, bound=False)]
    except (AttributeError, ImportError, TypeError, ValueError):
        return str(error)
    for option in options:
        if option not in known:
            near = difflib.get_close_matches(option, known, n=1)
            hint = f'did you mean "{near[0]}"?' if near else f"known options: {', '.join(known) or 'none'}."
            return f'it has no option "{option}"; {hint}'
    return str(error)
