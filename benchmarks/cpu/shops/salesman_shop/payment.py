"""Paid at the door, as in the documentation of django-salesman."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from salesman.checkout.payment import PaymentMethod
from salesman.core.utils import get_salesman_model


class OnDelivery(PaymentMethod):
    """Places the order; nothing is charged."""

    identifier = "on-delivery"
    label = "Pay on delivery"

    @transaction.atomic
    def basket_payment(self, basket: Any, request: Any) -> dict[str, str]:
        """Make the order of a basket."""
        order = get_salesman_model("Order").objects.create_from_basket(basket, request, status="PROCESSING")
        basket.delete()
        return {"url": f"/api/orders/{order.ref}/"}
