"""Errors of the inventory."""

from __future__ import annotations

from tradepost.core.errors import Conflict

__all__ = ["OutOfStock"]


class OutOfStock(Conflict):
    """A variant has too few units; nothing was reserved. ``context["short"]`` maps variant id to units left."""

    code = "out_of_stock"
