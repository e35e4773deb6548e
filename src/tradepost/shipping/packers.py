"""Packing of goods into parcels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from tradepost.core.errors import Invalid
from tradepost.core.money import allocate

from .ports import Goods, Parcel

__all__ = ["ByWeight", "OneParcel"]


class OneParcel:
    """Everything goes into one."""

    def pack(self, delivery: Parcel) -> Sequence[Parcel]:
        """The delivery, as it is."""
        return [delivery]


@dataclass(slots=True)
class _Box:
    room: int
    units: list[tuple[int, int]] = field(default_factory=list)  # index of the goods, quantity


class ByWeight:
    """As few parcels as the first fit finds, none heavier than so many grams.

    The heaviest units are packed first, each into the first parcel that has room. What is heavier than the limit by itself is
    a parcel of its own. A line that is split shares its value by units.

    Args:
        max_grams: Of one parcel, at least one.
    """

    def __init__(self, max_grams: int) -> None:
        if max_grams < 1:
            raise Invalid("A parcel carries at least one gram.", max_grams=max_grams)
        self.max_grams = max_grams

    def pack(self, delivery: Parcel) -> Sequence[Parcel]:
        """The parcels; a delivery whose goods aren't told is one."""
        goods = delivery.goods
        if not goods or delivery.weight <= self.max_grams:
            return [delivery]
        boxes: list[_Box] = []
        for index in sorted(range(len(goods)), key=lambda i: (-goods[i].weight, goods[i].sku, i)):
            self._put(boxes, index, goods[index])
        return _parcels(boxes, goods, delivery.currency)

    def _put(self, boxes: list[_Box], index: int, goods: Goods) -> None:
        rest = goods.quantity
        for box in boxes:
            room = box.room // goods.weight if goods.weight else rest
            fits = min(rest, room) if box.room >= 0 else 0  # below zero: something too heavy has it for itself
            if fits:
                box.room -= fits * goods.weight
                box.units.append((index, fits))
                rest -= fits
        most = max(1, self.max_grams // goods.weight) if goods.weight else rest
        while rest > 0:
            fits = min(rest, most)
            boxes.append(_Box(self.max_grams - fits * goods.weight, [(index, fits)]))
            rest -= fits


def _parcels(boxes: Sequence[_Box], goods: Sequence[Goods], currency: str) -> list[Parcel]:
    parts: dict[int, list[int]] = {index: [] for index in range(len(goods))}
    for box in boxes:
        for index, units in box.units:
            parts[index].append(units)
    split = {index: iter(_split(goods[index], units, currency)) for index, units in parts.items()}
    return [Parcel.of((next(split[index]) for index, _units in box.units), currency) for box in boxes]


def _split(goods: Goods, parts: Sequence[int], currency: str) -> list[Goods]:
    """The goods in parts of so many units; their values sum to what they were."""
    if len(parts) == 1:
        return [goods]
    values = allocate(goods.value, parts, currency=currency)
    gross = allocate(goods.gross, parts, currency=currency)
    return [
        replace(goods, quantity=units, value=value, gross=before)
        for units, value, before in zip(parts, values, gross, strict=True)
    ]
