"""Drafts of orders: frozen values that a checkout, a quote, a point of sale or an import hands over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from tradepost.pricing.document import Totals
from tradepost.pricing.ports import Place

__all__ = ["BY_STAFF", "DraftLine", "OrderDraft"]

BY_STAFF = "staff"
"""Source of orders that staff place on behalf of somebody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftLine:
    """A line's content beside its money, as it was at the sale.

    Attributes:
        key: Of its row in the totals, which has the quantity, the prices and the taxes.
        variant_id: ``None`` for something that isn't in the catalogue.
        weight: Of one unit, in grams.
        unit_cost: Of one unit, in the order's base currency.
        group: Of its delivery.
    """

    key: str
    variant_id: int | None
    sku: str
    name: str
    variant_name: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)
    image: str = ""
    kind: str = "physical"
    weight: int = 0
    unit_cost: Decimal | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)
    group: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderDraft:
    """An order that doesn't exist yet.

    Attributes:
        totals: Its money, and the quantity of each line.
        lines: One for each line of the totals, by its key; in the order in which they are shown.
        source: What it comes from: ``storefront``, ``api``, ``staff``, ``import``; ``basket`` where nobody said.
        source_key: Unique; a second order of the same key is refused by the database. ``None`` where nothing repeats.
        shipping_address: As :meth:`tradepost.core.addresses.PostalAddress.as_dict` gives it; empty where nothing is shipped.
        billing_address: The same; empty for the shipping address.
        tax_place: Where it was taxed.
        base_currency: The shop's own; the order's where it is empty.
        exchange_rate: Units of the base currency for one unit of the order's.
        expires_at: Until when it may be paid; ``None`` for always.
        visitor_key: Of the guest who places it, hashed; empty for customers.
        parent_id: The order that this one adds to.
        replaces_id: The order that is cancelled for this one.
        facts: What its history keeps of how it was placed, as JSON.
        coupons: Primary keys of coupons by code, as far as they are known; others are looked up.
    """

    totals: Totals
    lines: Sequence[DraftLine]
    source: str = "basket"
    source_key: str | None = None
    channel: str = "web"
    language: str = ""
    customer_id: int | None = None
    email: str = ""
    phone: str = ""
    company: str = ""
    tax_id: str = ""
    tax_id_check: str = ""
    shipping_address: Mapping[str, Any] = field(default_factory=dict)
    billing_address: Mapping[str, Any] = field(default_factory=dict)
    tax_place: Place = field(default_factory=Place)
    base_currency: str = ""
    exchange_rate: Decimal = Decimal(1)
    expires_at: datetime | None = None
    terms_version: str = ""
    terms_accepted_at: datetime | None = None
    note: str = ""
    client_ip: str | None = None
    visitor_key: str = ""
    parent_id: int | None = None
    replaces_id: int | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)
    coupons: Mapping[str, int] = field(default_factory=dict)
