"""Shipments of an order as its page fetched them, and what is left to pack; no query."""

from __future__ import annotations

from collections import Counter
from typing import Any

from tradepost.core.fsm import allows

__all__ = ["shipments_of", "units_to_pack"]


def shipments_of(order: Any) -> list[Any]:
    """Of an order that was fetched with its shipments; none of another."""
    return list(getattr(order, "shown_shipments", ()))


def units_to_pack(order: Any) -> dict[int, int]:
    """By the key of a line, the units that are neither cancelled, sent nor packed."""
    packed: Counter[int] = Counter()
    for shipment in shipments_of(order):
        if allows(shipment).is_packed:
            packed.update({line.line_id: line.quantity for line in shipment.lines.all()})
    return {line.pk: max(0, line.open_quantity - packed[line.pk]) for line in order.lines.all()}
