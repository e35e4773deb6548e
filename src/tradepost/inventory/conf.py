"""``TRADEPOST_INVENTORY``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from tradepost.core.conf import Backend, instance, load, settings_class
from tradepost.core.extending.port_checks import Port

from .ports import Allocator

__all__ = ["InventorySettings", "allocator", "settings"]


@settings_class("TRADEPOST_INVENTORY")
@dataclass(frozen=True, slots=True, kw_only=True)
class InventorySettings:
    """``TRADEPOST_INVENTORY``.

    Attributes:
        ALLOCATOR: Which location serves which demand (:class:`tradepost.inventory.ports.Allocator`).
    """

    ALLOCATOR: Annotated[Backend, Port(Allocator)] = Backend("tradepost.inventory.allocators.ByPriority")


def settings() -> InventorySettings:
    """``TRADEPOST_INVENTORY``."""
    return load("TRADEPOST_INVENTORY", InventorySettings)


def allocator() -> Allocator:
    """The project's allocator."""
    backend: Allocator = instance(settings().ALLOCATOR)
    return backend
