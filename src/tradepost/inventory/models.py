"""Models of inventory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tradepost.core.extending.late_models import replaced, stock

from . import base

if TYPE_CHECKING or stock(__name__):

    class Location(base.AbstractLocation): ...

    class StockLevel(base.AbstractStockLevel): ...

    class Reservation(base.AbstractReservation): ...

    class StockMovement(base.AbstractStockMovement): ...

else:
    __getattr__ = replaced(__name__)
