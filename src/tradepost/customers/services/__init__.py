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
from .customer_values import (
    anonymise,
    change_customer,
    change_group,
    create_customer,
    create_group,
    forget_person,
    remove_group,
)
from .customers import customer_for, find_customer, read_phone_of, update
from .tiers import (
    TierRule,
    forget_tier,
    keep_tier_groups,
    kept_tiers,
    look_again,
    move_earned,
    release_tier,
    set_tier,
    tier_of,
)

__all__ = [
    "Agreement",
    "ConsentState",
    "TierRule",
    "add_address",
    "addresses_of",
    "agreement_to",
    "agreements_in",
    "anonymise",
    "change_address",
    "change_customer",
    "change_group",
    "consents_of",
    "create_customer",
    "create_group",
    "customer_for",
    "find_address",
    "find_customer",
    "forget_person",
    "forget_tier",
    "give_consent",
    "keep_defaults",
    "keep_tier_groups",
    "kept_tiers",
    "look_again",
    "make_default",
    "move_earned",
    "read_agreements",
    "read_phone_of",
    "release_tier",
    "remove_address",
    "remove_group",
    "set_tier",
    "tier_of",
    "update",
    "withdraw_all_consents",
    "withdraw_consent",
]
