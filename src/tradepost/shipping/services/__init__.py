"""Use cases of shipping."""

from __future__ import annotations

from .delivery_dates import estimate
from .pickup_points import is_offered, pickup_point, pickup_points
from .shipping_rates import rates

__all__ = ["estimate", "is_offered", "pickup_point", "pickup_points", "rates"]
