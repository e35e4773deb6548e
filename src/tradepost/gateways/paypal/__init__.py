"""PayPal, by its REST API: orders that the customer approves at PayPal, and that we capture.

``TRADEPOST_PAYMENTS["GATEWAYS"]["paypal"] = {"BACKEND": "tradepost.gateways.paypal.PayPalGateway", "OPTIONS": {…}}``
"""

from __future__ import annotations

from .gateway import PayPalGateway

__all__ = ["PayPalGateway"]
