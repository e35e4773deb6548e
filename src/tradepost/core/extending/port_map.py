"""Every port that a setting chooses for, and what fills it in this project."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import MISSING, dataclass, fields
from typing import Any

from ..conf import (
    Backend,
    declared,
    instance,
    raw,
)
from .port_checks import has_any, port_of

__all__ = ["PortSetting", "port_settings"]


@dataclass(frozen=True, slots=True)
class PortSetting:
    """One port of one setting.

    Attributes:
        setting: As in ``TRADEPOST_PRICING``.
        key: As in ``PRICER``.
        port: Dotted path of the Protocol or ABC.
        default: Paths of what the library brings.
        used: Paths of what this project uses.
        from_project: Whether the project's settings say so.
        may: Dotted paths of the protocols that the same implementation may fill as well, and whether it does.
        several: ``in order`` or ``by alias``, where more than one may be named.
    """

    setting: str
    key: str
    port: str
    default: tuple[str, ...]
    used: tuple[str, ...]
    from_project: bool
    may: tuple[tuple[str, bool], ...] = ()
    several: str = ""


def port_settings() -> list[PortSetting]:
    """All ports of the loaded apps, by setting and key."""
    return [entry for name, cls in declared().items() for entry in _port_settings(name, cls)]


def _port_settings(name: str, cls: type[Any]) -> Iterator[PortSetting]:
    given = raw(name)
    for setting in fields(cls):
        port = port_of(cls, setting.name)
        if port is not None:
            factory: Any = setting.default_factory
            default = factory() if setting.default is MISSING else setting.default
            used = given.get(setting.name, default)
            filled = tuple((f"{more.__module__}.{more.__qualname__}", _fills(used, more)) for more in port.may)
            yield PortSetting(
                name,
                setting.name,
                port.path,
                _paths(default),
                _paths(used),
                setting.name in given,
                filled,
                _several(default),
            )


def _several(default: Any) -> str:
    if isinstance(default, Mapping):
        return "by alias"
    return "in order" if isinstance(default, (list, tuple)) else ""


def _fills(used: Any, protocol: type[Any]) -> bool:
    return has_any(instance(Backend.read(used)), protocol)


def _paths(value: Any) -> tuple[str, ...]:
    if isinstance(value, Mapping) and "BACKEND" not in value:
        return tuple(f"{alias}: {_path(entry)}" for alias, entry in value.items())
    return (_path(value),) if isinstance(value, (Backend, Mapping, str)) else tuple(map(str, value))


def _path(value: Any) -> str:
    if isinstance(value, Backend):
        return value.path
    return str(value.get("BACKEND", "")) if isinstance(value, Mapping) else str(value)
