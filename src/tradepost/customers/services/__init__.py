"""Use cases of customers."""

from __future__ import annotations

from .address_book import (
    add_address,
    addresses_of,
    change_address,
    find_address,
    keep_defaults,
    make_default,
    remove_address,
)
from .customers import customer_for, find_customer, read_phone_of, update

__all__ = [
    "add_address",
    "addresses_of",
    "change_address",
    "customer_for",
    "find_address",
    "find_customer",
    "keep_defaults",
    "make_default",
    "read_phone_of",
    "remove_address",
    "update",
]
