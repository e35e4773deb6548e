"""Paystack, by HTTP: the customer pays on Paystack's page; only the amount and the reference are ours.

``TRADEPOST_PAYMENTS["GATEWAYS"]["paystack"] = {"BACKEND": "tradepost.gateways.paystack.PaystackGateway", "OPTIONS": {…}}``
"""

from __future__ import annotations

from .gateway import PaystackGateway

__all__ = ["PaystackGateway"]
