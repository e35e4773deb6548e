"""Orders and sales in the admin."""

from __future__ import annotations

from .orders import OrderAdmin
from .sales import SalesMixin

__all__ = [
    "OrderAdmin",
    "SalesMixin",
]
