"""Customers, as they see themselves."""

from __future__ import annotations

from collections.abc import Sequence

from rest_framework import serializers

from tradepost.customers.base import AbstractAddress
from tradepost.customers.models import Address, Customer

from .base import Extra, Shape, TradepostSerializer
from .checkout import AddressSerializer
from .fields import TextField, TruthField

__all__ = ["BookAddressInputSerializer", "BookAddressSerializer", "CustomerSerializer", "UpdateCustomerSerializer"]


class CustomerSerializer(TradepostSerializer[Customer]):
    """The signed-in user, as a buyer."""

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
            "extra",
        )
        read_only_fields: Sequence[str] = fields


class UpdateCustomerSerializer(Shape):
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
        )
        read_only_fields: Sequence[str] = fields

    def get_is_default_shipping(self, row: AbstractAddress) -> bool:
        """Deliveries begin with it."""
        return bool(row.is_default_shipping)

    def get_is_default_billing(self, row: AbstractAddress) -> bool:
        """Invoices begin with it."""
        return bool(row.is_default_billing)


class BookAddressInputSerializer(AddressSerializer):
    """An address to keep. Of a change, fields that aren't given stay as they are."""

    is_default_shipping = TruthField(
        required=False, help_text="True makes it the default; make another one the default to end that."
    )
    is_default_billing = TruthField(required=False, help_text="The same for invoices.")
