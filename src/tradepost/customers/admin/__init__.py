"""Customers and their tiers in the admin."""

from __future__ import annotations

from .customers import AddressForm, AddressInline, ConsentFilter, CustomerAdmin, CustomerForm, CustomerGroupAdmin
from .tiers import TierAdmin, TierInline, TierMembershipForm

__all__ = [
    "AddressForm",
    "AddressInline",
    "ConsentFilter",
    "CustomerAdmin",
    "CustomerForm",
    "CustomerGroupAdmin",
    "TierAdmin",
    "TierInline",
    "TierMembershipForm",
]
