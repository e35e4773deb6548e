"""Shapes of the shop's goods: a function for each shape, which draws on a canvas in a colour."""

from __future__ import annotations

from collections.abc import Callable

from ..drawing import Canvas
from . import fabric, green, house, paper, play, table

__all__ = ["SHAPES"]

SHAPES: dict[str, Callable[[Canvas, str], None]] = {
    name: getattr(module, name) for module in (fabric, green, house, paper, play, table) for name in module.__all__
}
