"""Use cases of shipping."""

from __future__ import annotations

from .delivery_dates import estimate
from .method_values import (
    change_shipping_method,
    cost_columns,
    create_shipping_method,
    order_shipping_methods,
    remove_shipping_method,
    shipping_kinds,
)
from .pickup_points import is_offered, pickup_point, pickup_points
from .point_values import change_pickup_point, create_pickup_point, order_pickup_points, remove_pickup_point
from .shipping_rates import rates

__all__ = [
    "change_pickup_point",
    "change_shipping_method",
    "cost_columns",
    "create_pickup_point",
    "create_shipping_method",
    "estimate",
    "is_offered",
    "order_pickup_points",
    "order_shipping_methods",
    "pickup_point",
    "pickup_points",
    "rates",
    "remove_pickup_point",
    "remove_shipping_method",
    "shipping_kinds",
]
