"""Customers, as they see themselves."""

from __future__ import annotations

from collections.abc import Sequence

from rest_framework import serializers

from tradepost.customers.models import Customer

from .base import Extra, Shape, TradepostSerializer

__all__ = ["CustomerSerializer", "UpdateCustomerSerializer"]


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
            "language",
            "tax_id",
            "tax_exempt",
            "created_at",
            "extra",
        )
        read_only_fields: Sequence[str] = fields


class UpdateCustomerSerializer(Shape):
    """The fields that customers can change themselves; fields that aren't given stay as they are."""

    name = serializers.CharField(required=False, allow_blank=True, max_length=200)
    phone = serializers.CharField(required=False, allow_blank=True, max_length=40)
    language = serializers.CharField(
        required=False, allow_blank=True, max_length=10, help_text="One of the project's `LANGUAGES`; empty for none."
    )
