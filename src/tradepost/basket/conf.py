"""Settings of baskets: ``TRADEPOST_BASKET``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Annotated, Any

from tradepost.core.conf import Backend, instance, load, settings_class
from tradepost.core.extending.port_checks import Port
from tradepost.core.inputs.bounds import MayBeZero

from .ports import MergePolicy, Stage, TermsSource

__all__ = ["BasketSettings", "settings", "terms_source"]


@settings_class("TRADEPOST_BASKET")
@dataclass(frozen=True, slots=True, kw_only=True)
class BasketSettings:
    """``TRADEPOST_BASKET``.

    Attributes:
        STAGES: The steps of the totals, in order; paths of functions of document, snapshot and rules.
        TERMS: What is known of the buyer (:class:`tradepost.basket.ports.TermsSource`).
        MERGE: What happens to a guest's basket at sign-in (:class:`tradepost.basket.ports.MergePolicy`).
        MAX_QUANTITY: Most units on one line.
        MAX_LINES: Most lines in one basket.
        MAX_COUPONS: Most codes in one basket.
        PAYMENT_FEES: By alias of a payment method: ``{"name": "Cash on delivery", "amount": "3.00", "currency": "EUR",
            "tax_class": "standard"}``; on the shop's basis, and without a tax class taxed as the goods.
        GUESTS_KEPT: How long a guest's basket is kept after its last change.
    """

    STAGES: Annotated[tuple[str, ...], Port(Stage)] = (
        "tradepost.basket.stages.prices",
        "tradepost.basket.stages.line_promotions",
        "tradepost.basket.stages.order_promotions",
        "tradepost.basket.stages.manual_discounts",
        "tradepost.basket.stages.shipping",
        "tradepost.basket.stages.shipping_promotions",
        "tradepost.basket.stages.fees",
        "tradepost.basket.stages.taxes",
    )
    TERMS: Annotated[Backend, Port(TermsSource)] = Backend("tradepost.checkout.buyer.CheckoutTerms")
    MERGE: Annotated[Backend, Port(MergePolicy)] = Backend("tradepost.basket.merge_policies.Add")
    MAX_QUANTITY: int = 999
    MAX_LINES: int = 250
    MAX_COUPONS: Annotated[int, MayBeZero()] = 5
    PAYMENT_FEES: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    GUESTS_KEPT: timedelta = timedelta(days=30)


def terms_source() -> TermsSource:
    """Where the project keeps what is known of a buyer."""
    source: TermsSource = instance(settings().TERMS)
    return source


def settings() -> BasketSettings:
    """``TRADEPOST_BASKET``."""
    return load("TRADEPOST_BASKET", BasketSettings)
