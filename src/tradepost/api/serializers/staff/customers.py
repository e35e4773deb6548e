"""Customers and their groups, as the shop's staff see and write them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from tradepost.api.money import MoneyField
from tradepost.api.parameters.choice import reads
from tradepost.customers.base import AbstractCustomer
from tradepost.customers.models import Consent, Customer, CustomerGroup
from tradepost.orders.selectors import sums_by_customer

from ..base import Extra, Nested, Shape, TradepostSerializer
from ..fields import EnumField, UtcField
from .base import Input, TextField, TruthField, keys_field

__all__ = [
    "ChangeGroupSerializer",
    "CustomerInputSerializer",
    "CustomerSumsSerializer",
    "NewGroupSerializer",
    "StaffConsentSerializer",
    "StaffCustomerSerializer",
    "StaffCustomerSummarySerializer",
    "StaffGroupSerializer",
]


class StaffGroupSerializer(TradepostSerializer[CustomerGroup]):
    """A group of customers."""

    class Meta:
        model = CustomerGroup
        fields: Sequence[str] = ("code", "name")
        read_only_fields: Sequence[str] = fields


class NewGroupSerializer(Input):
    """A group to be made."""

    code = serializers.SlugField(max_length=50, help_text="It stays: promotions name the group by it.")
    name = TextField(max_length=100)


class ChangeGroupSerializer(Input):
    """A group's new name."""

    name = TextField(max_length=100)


class StaffCustomerSummarySerializer(TradepostSerializer[Customer]):
    """A customer in a list."""

    groups: Any = serializers.SlugRelatedField(slug_field="code", many=True, read_only=True)
    has_account = serializers.SerializerMethodField()
    extra = Extra("tradepost_customers.Customer", source="*")

    class Meta:
        model = Customer
        fields: Sequence[str] = (
            "uuid",
            "email",
            "name",
            "phone",
            "language",
            "tax_id",
            "tax_exempt",
            "groups",
            "has_account",
            "created_at",
            "anonymised_at",
            "extra",
        )
        read_only_fields: Sequence[str] = fields

    @reads("user_id")
    def get_has_account(self, customer: AbstractCustomer) -> bool:
        """Whether they can sign in."""
        return customer.user_id is not None


class StaffConsentSerializer(TradepostSerializer[Consent]):
    """An agreement of a customer to a purpose, or its withdrawal."""

    source = EnumField("ConsentSource", Consent.Source.choices, read_only=True)  # type: ignore[assignment]
    actor_label = serializers.CharField(
        read_only=True, help_text="Who of the staff wrote it down; empty where the customer said it themselves."
    )

    class Meta:
        model = Consent
        fields: Sequence[str] = (
            "purpose",
            "is_granted",
            "version",
            "text",
            "language",
            "source",
            "reference",
            "actor_label",
            "at",
        )
        read_only_fields: Sequence[str] = fields


class CustomerSumsSerializer(Shape):
    """A customer's purchases in one currency, without what was cancelled."""

    orders = serializers.IntegerField()
    total = MoneyField(help_text="Tax included, less what was credited.")
    last_at = UtcField(allow_null=True, help_text="When the last order was placed.")


class StaffCustomerSerializer(StaffCustomerSummarySerializer):
    """A customer with their address book and what they have bought."""

    addresses = Nested("customers.Address", many=True)
    sums = serializers.SerializerMethodField(help_text="By currency. The orders are at `staff/orders/?customer=`.")

    class Meta(StaffCustomerSummarySerializer.Meta):
        fields: Sequence[str] = (
            *StaffCustomerSummarySerializer.Meta.fields,
            "birth_date",
            "metadata",
            "addresses",
            "sums",
        )
        read_only_fields: Sequence[str] = fields

    @extend_schema_field(CustomerSumsSerializer(many=True))
    @reads("pk")
    def get_sums(self, customer: AbstractCustomer) -> Any:
        """One for each currency."""
        return CustomerSumsSerializer(sums_by_customer(customer.pk), many=True).data


class CustomerInputSerializer(Input):
    """A customer to be made or changed; of a change, what isn't given stays."""

    email = serializers.EmailField(required=False, allow_blank=True, max_length=254)
    name = TextField(required=False, allow_blank=True, max_length=200)
    phone = TextField(required=False, allow_blank=True, max_length=40)
    language = TextField(required=False, allow_blank=True, max_length=10, help_text="One of the project's `LANGUAGES`.")
    tax_id = TextField(required=False, allow_blank=True, max_length=40)
    tax_exempt = TruthField(required=False)
    birth_date = serializers.DateField(required=False, allow_null=True)
    metadata = serializers.DictField(required=False)
    groups = keys_field("Codes of all groups that the customer is in. That of a tier comes with the tier.")
