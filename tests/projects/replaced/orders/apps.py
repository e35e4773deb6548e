"""Replaces tradepost.orders, under its own label."""

from __future__ import annotations

import tradepost.orders.apps


class OrdersConfig(tradepost.orders.apps.OrdersConfig):
    name = "tests.projects.replaced.orders"
    default = True
