"""``TRADEPOST_INVENTORY``."""

from __future__ import annotations

from dataclasses import dataclass

from tradepost.core.conf import Backend, instance, load

from .ports import Allocator

__all__ = ["InventorySettings", "allocator", "settings"]


@dataclass(frozen=True, slots=True, kw_only=True)
class InventorySettings:
    """``TRADEPOST_INVENTORY``.

    Attributes:
        ALLOCATOR: Which location serves which demand (:class:`tradepost.inventory.ports.Allocator`).
    """

    ALLOCATOR: Backend = Backend("tradepost.inventory.allocators.ByPriority")


def settings() -> InventorySettings:
    """``TRADEPOST_INVENTORY``."""
    return load("TRADEPOST_INVENTORY", InventorySettings)


def allocator() -> Allocator:
    """The project's allocator."""
    found: Allocator = instance(settings().ALLOCATOR)
    return found
