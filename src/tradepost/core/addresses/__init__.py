"""Postal addresses, the countries of the world, and what an address needs there."""

from __future__ import annotations

from .postal import AddressInvalid, PostalAddress

__all__ = [
    "AddressInvalid",
    "PostalAddress",
]
