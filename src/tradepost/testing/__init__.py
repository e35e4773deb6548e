"""For tests of projects and plugins: scenarios, factories, fakes, contracts. Public.

Imported when a test asks, so that it may be named before Django is set up: pytest loads plugins first.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .clock import frozen
    from .deliver import deliver_events
    from .gateways import ScriptedGateway, scripted
    from .queries import assert_queries
    from .races import together
    from .scenario import Scenario

__all__ = [
    "Scenario",
    "ScriptedGateway",
    "assert_queries",
    "deliver_events",
    "frozen",
    "scripted",
    "together",
]

_HOMES = {
    "Scenario": "scenario",
    "ScriptedGateway": "gateways",
    "assert_queries": "queries",
    "deliver_events": "deliver",
    "frozen": "clock",
    "scripted": "gateways",
    "together": "races",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
