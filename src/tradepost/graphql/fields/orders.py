"""Orders of their buyers."""

from __future__ import annotations

from ..ports import Mutation, Query
from .purchase import TOKEN

__all__ = ["ORDERS"]

ORDERS = (
    Query("orders", "orders_list", "orders.OrderSummary", description="The caller's own orders."),
    Query(
        "order",
        "orders_retrieve",
        "orders.Order",
        parameters=TOKEN,
        description="One's own order, or a guest's by token.",
    ),
    Query(
        "order_explanation",
        "orders_explain",
        "basket.Explanation",
        parameters=TOKEN,
        description="Each step from nothing to an order's total.",
    ),
    Mutation("cancel_order", "orders_cancel", "orders.Order", parameters=TOKEN, description="Cancel an order."),
    Mutation(
        "reopen_order",
        "orders_reopen",
        "checkout.Reopened",
        parameters=TOKEN,
        description="Move a pending order back to the basket.",
    ),
    Mutation(
        "pay_order",
        "orders_payments",
        "payments.Payment",
        "payments.PayAgain",
        parameters=TOKEN,
        description="Another attempt to pay an order.",
    ),
)
