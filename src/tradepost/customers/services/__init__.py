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
from .consents import (
    Agreement,
    ConsentState,
    agreement_to,
    agreements_in,
    consents_of,
    give_consent,
    read_agreements,
    withdraw_all_consents,
    withdraw_consent,
)
from .customers import customer_for, find_customer, read_phone_of, update

__all__ = [
    "Agreement",
    "ConsentState",
    "add_address",
    "addresses_of",
    "agreement_to",
    "agreements_in",
    "change_address",
    "consents_of",
    "customer_for",
    "find_address",
    "find_customer",
    "give_consent",
    "keep_defaults",
    "make_default",
    "read_agreements",
    "read_phone_of",
    "remove_address",
    "update",
    "withdraw_all_consents",
    "withdraw_consent",
]
