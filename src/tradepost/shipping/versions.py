"""The kind of shipping methods, with what they exclude and the points that they deliver to."""

from __future__ import annotations

from tradepost.core.versions import watch

from .models import PickupPoint, ShippingMethod

__all__: list[str] = []

watch("shipping.methods", ShippingMethod, PickupPoint, placing=True)
