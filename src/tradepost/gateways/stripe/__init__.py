"""Stripe, by its official SDK: PaymentIntents, confirmed in the browser by Stripe's Payment Element.

``TRADEPOST_PAYMENTS["GATEWAYS"]["card"] = {"BACKEND": "tradepost.gateways.stripe.StripeGateway", "OPTIONS": {…}}``
"""

from __future__ import annotations

from .gateway import StripeGateway

__all__ = ["StripeGateway"]
