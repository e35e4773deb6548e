"""Replaces tradepost.orders, under its own label."""

from __future__ import annotations

import tradepost.orders.apps


class OrdersConfig(tradepost.orders.apps.OrdersConfig):
    name = "tests.projects.replaced.orders"
    default = True

    def ready(self) -> None:
        super().ready()
        from tests.projects.replaced import handlers  # noqa: F401 - it subscribes
