"""Use cases of customers."""

from __future__ import annotations

from .customers import customer_for, find_customer, update

__all__ = ["customer_for", "find_customer", "update"]
