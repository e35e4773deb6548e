"""Fixtures for pytest, there as soon as the library is installed. They ask for Django when a test asks for them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from .clock import FrozenClock
    from .gateways import ScriptedGateway
    from .scenario import Scenario

__all__ = ["assert_queries", "deliver_events", "frozen_clock", "scenario", "scripted_gateway"]


@pytest.fixture
def scenario(db: None) -> Scenario:
    """A guest's :class:`~tradepost.testing.scenario.Scenario`; needs pytest-django."""
    from .scenario import Scenario

    return Scenario()


@pytest.fixture
def scripted_gateway() -> Iterator[ScriptedGateway]:
    """A payment method called ``scripted``, for the whole test; scenarios pay by it, too."""
    from .gateways import scripted

    with scripted() as gateway:
        yield gateway


@pytest.fixture
def frozen_clock() -> Iterator[FrozenClock]:
    """The library's clock, held at the present moment; ``frozen_clock.tick(hours=2)`` moves it."""
    from .clock import frozen

    with frozen() as clock:
        yield clock


@pytest.fixture
def assert_queries() -> Callable[..., AbstractContextManager[Any]]:
    """``with assert_queries(at_most=6): …``."""
    from .queries import assert_queries

    return assert_queries


@pytest.fixture
def deliver_events(db: None) -> Callable[[], int]:
    """Run the durable handlers of what was published so far; needs pytest-django."""
    from .deliver import deliver_events

    return deliver_events
