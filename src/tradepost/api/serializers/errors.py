"""Errors, as the schema shows them."""

from __future__ import annotations

from rest_framework import serializers

from tradepost.api.errors import ERROR_TYPES

from .base import Shape
from .fields import EnumField

__all__ = ["ErrorEntrySerializer", "ErrorSerializer"]


class ErrorEntrySerializer(Shape):
    """One thing that is wrong."""

    code = serializers.CharField(help_text="Stable, for machines.")
    detail = serializers.CharField(help_text="For people.")
    attr = serializers.CharField(allow_null=True, help_text="The field, as in `shipping_address.city`.")


class ErrorSerializer(Shape):
    """Every refusal has this form."""

    type = EnumField("ErrorType", [*ERROR_TYPES.values(), "client_error"])
    errors = ErrorEntrySerializer(many=True)  # type: ignore[assignment]
    context = serializers.DictField(  # type: ignore[assignment]
        required=False, help_text="The facts: which line, how many are left."
    )
