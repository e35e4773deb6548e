"""Razorpay, by its official SDK: orders, paid in the browser by Razorpay's checkout.

``TRADEPOST_PAYMENTS["GATEWAYS"]["card"] = {"BACKEND": "tradepost.gateways.razorpay.RazorpayGateway", "OPTIONS": {…}}``
"""

from __future__ import annotations

from .gateway import RazorpayGateway

__all__ = ["RazorpayGateway"]
