"""From a basket to an order that is paid."""

from __future__ import annotations

from collections.abc import Mapping

from ..ports import Mutation, Query

__all__ = ["PURCHASE", "TOKEN"]

_BASKET: Mapping[str, str] = {"uuid": "basket"}
TOKEN = {"token": str}


def _change(name: str, action: str, description: str, takes: str = "", gives: str = "basket.Basket") -> Mutation:
    """A change of a basket, or of the caller's own where none is named."""
    return Mutation(
        name, f"baskets_{action}", gives, takes, own=f"basket_{action}", arguments=_BASKET, description=description
    )


PURCHASE = (
    Query(
        "basket",
        "baskets_retrieve",
        "basket.Basket",
        own="basket_retrieve",
        arguments=_BASKET,
        description="A basket by its UUID, or the caller's own.",
    ),
    Query(
        "basket_explanation",
        "baskets_explain",
        "basket.Explanation",
        own="basket_explain",
        arguments=_BASKET,
        description="Each step from nothing to a basket's total.",
    ),
    Query(
        "checkout",
        "baskets_checkout",
        "checkout.Checkout",
        own="basket_checkout",
        arguments=_BASKET,
        description="A basket's checkout: totals, what is missing, ways to deliver and to pay.",
    ),
    Mutation("create_basket", "baskets_create", "basket.Basket", "basket.New", description="Open a basket."),
    _change("change_basket", "partial_update", "Change a basket's currency or country.", "basket.New"),
    _change("add_line", "lines", "Add units of a variant.", "basket.AddLine"),
    _change("change_line", "line", "Change a line's quantity; 0 removes it.", "basket.ChangeLine"),
    _change("remove_line", "remove_line", "Remove a line."),
    _change("add_coupon", "coupons", "Enter a coupon.", "basket.CouponCode"),
    _change("remove_coupon", "coupon", "Take a coupon out."),
    _change("remove_coupons", "remove_coupons", "Take all coupons out."),
    Mutation(
        "merge_basket", "basket_merge", "basket.Basket", "basket.Merge", description="Take over a guest's basket."
    ),
    _change(
        "update_checkout",
        "update_checkout",
        "Fill in the checkout; what isn't given stays.",
        "checkout.Update",
        "checkout.Checkout",
    ),
    _change(
        "complete_checkout",
        "complete",
        "Place the order and begin to pay it. Asked again, it gives the same order.",
        "checkout.Complete",
        "checkout.Completion",
    ),
    Query("payment", "payments_retrieve", "payments.Payment", parameters=TOKEN, description="A payment's state."),
    Mutation(
        "complete_payment",
        "payments_complete",
        "payments.Payment",
        "payments.Return",
        parameters=TOKEN,
        description="Ask the provider how a payment stands, after the browser came back.",
    ),
    Query("pay_link", "pay_retrieve", "payments.PayLink", parameters=TOKEN, description="What a payment link is for."),
    Mutation(
        "pay_by_link",
        "pay_create",
        "payments.Payment",
        "payments.PayAgain",
        parameters=TOKEN,
        description="Pay what a payment link is for.",
    ),
)
