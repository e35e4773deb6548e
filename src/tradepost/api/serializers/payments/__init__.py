"""Payments, saved payment methods, and links to pay later."""

from __future__ import annotations

from .payments import PaymentSerializer, SavedMethodSerializer

__all__ = ["PaymentSerializer", "SavedMethodSerializer"]
