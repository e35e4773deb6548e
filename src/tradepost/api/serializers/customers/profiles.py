"""Customers, as they see themselves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from tradepost.api.money import MoneyField
from tradepost.core.addresses.place_warnings import place_warnings
from tradepost.customers.base import AbstractAddress, AbstractCustomer
from tradepost.customers.models import Address, Customer
from tradepost.orders.services import tier_standing

from ..base import Extra, Input, Shape, TradepostSerializer
from ..checkout import AddressSerializer, PlaceWarningSerializer
from ..fields import TextField, TruthField

__all__ = [
    "BookAddressInputSerializer",
    "BookAddressSerializer",
    "CustomerSerializer",
    "NextTierSerializer",
    "TierSerializer",
    "UpdateCustomerSerializer",
]


class TierSerializer(Shape):
    """The tier that a customer is in."""

    code = serializers.CharField()
    name = serializers.CharField()
    is_by_hand = serializers.BooleanField(help_text="The shop has put them there, whatever they spend.")
    until = serializers.DateTimeField(allow_null=True, help_text="When the rule decides again; null for never.")


class NextTierSerializer(Shape):
    """The next tier that a customer can reach."""

    code = serializers.CharField()
    name = serializers.CharField()
    threshold = MoneyField(help_text="What has to be spent within the period.")
    spent = MoneyField(help_text="What counts of it now: confirmed orders, less what was credited.")
    missing = MoneyField()
    period_days = serializers.IntegerField(help_text="Of the last days, so many count.")


class CustomerSerializer(TradepostSerializer[Customer]):
    """The signed-in user, as a buyer."""

    tier = serializers.SerializerMethodField()
    next_tier = serializers.SerializerMethodField()
    extra = Extra("tradepost_customers.Customer", own=True, source="*")

    class Meta:
        model = Customer
        fields: Sequence[str] = (
            "uuid",
            "email",
            "name",
            "phone",
            "birth_date",
            "language",
            "tax_id",
            "tax_exempt",
            "created_at",
            "tier",
            "next_tier",
            "extra",
        )
        read_only_fields: Sequence[str] = fields

    def to_representation(self, instance: Customer) -> dict[str, Any]:
        """With the standing, asked for once."""
        self._standing = tier_standing(instance)
        try:
            data: dict[str, Any] = super().to_representation(instance)
            return data
        finally:
            del self._standing  # the next call may be somebody else's

    @extend_schema_field(TierSerializer(allow_null=True))
    def get_tier(self, row: AbstractCustomer) -> dict[str, Any] | None:
        """The tier that they are in; null for none."""
        standing = self._standing
        return None if standing is None or not standing.code else dict(TierSerializer(standing).data)

    @extend_schema_field(NextTierSerializer(allow_null=True))
    def get_next_tier(self, row: AbstractCustomer) -> dict[str, Any] | None:
        """The one that they can reach by spending more; null for none."""
        following = None if self._standing is None else self._standing.following
        return None if following is None else dict(NextTierSerializer(following).data)


class UpdateCustomerSerializer(Input):
    """The fields that customers can change themselves; fields that aren't given stay as they are."""

    name = TextField(required=False, allow_blank=True, max_length=200)
    phone = TextField(required=False, allow_blank=True, max_length=40)
    birth_date = serializers.DateField(
        required=False, allow_null=True, help_text="Neither before 1900 nor in the future; null takes it away."
    )
    language = TextField(
        required=False, allow_blank=True, max_length=10, help_text="One of the project's `LANGUAGES`; empty for none."
    )


class BookAddressSerializer(TradepostSerializer[Address]):
    """An address of the customer's address book."""

    is_default_shipping = serializers.SerializerMethodField()
    is_default_billing = serializers.SerializerMethodField()
    warnings = serializers.SerializerMethodField(help_text="What looks unusual in it; nothing is refused for it.")

    class Meta:
        model = Address
        fields: Sequence[str] = (
            "uuid",
            "name",
            "company",
            "line1",
            "line2",
            "city",
            "region",
            "postcode",
            "country",
            "phone",
            "is_default_shipping",
            "is_default_billing",
            "warnings",
        )
        read_only_fields: Sequence[str] = fields

    def get_is_default_shipping(self, row: AbstractAddress) -> bool:
        """Deliveries begin with it."""
        return bool(row.is_default_shipping)

    def get_is_default_billing(self, row: AbstractAddress) -> bool:
        """Invoices begin with it."""
        return bool(row.is_default_billing)

    @extend_schema_field(PlaceWarningSerializer(many=True))
    def get_warnings(self, row: AbstractAddress) -> Any:
        """By the rules of its country."""
        return PlaceWarningSerializer(place_warnings(row), many=True).data


class BookAddressInputSerializer(AddressSerializer):
    """An address to keep. Of a change, fields that aren't given stay as they are."""

    is_default_shipping = TruthField(
        required=False, help_text="True makes it the default; make another one the default to end that."
    )
    is_default_billing = TruthField(required=False, help_text="The same for invoices.")
