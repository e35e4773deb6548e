"""M-Pesa in Kenya, by Safaricom's Daraja API: the customer's phone asks for the PIN (STK push, "Lipa na M-Pesa Online").

``TRADEPOST_PAYMENTS["GATEWAYS"]["mobile"] = {"BACKEND": "tradepost.gateways.mpesa.MpesaGateway", "OPTIONS": {…}}``
"""

from __future__ import annotations

from .gateway import MpesaGateway

__all__ = ["MpesaGateway"]
