"""The shop itself, and the calls that there are."""

from __future__ import annotations

from rest_framework import serializers

from .base import Shape

__all__ = ["CurrencySerializer", "IndexSerializer", "LanguageSerializer"]


class CurrencySerializer(Shape):
    """A currency that the shop sells in."""

    code = serializers.CharField(help_text="ISO 4217.")
    name = serializers.CharField(help_text="In the caller's language.")
    decimal_places = serializers.IntegerField(help_text="Of amounts in it; list prices may have up to four.")
    is_default = serializers.BooleanField(help_text="The shop's own.")


class LanguageSerializer(Shape):
    """A language."""

    code = serializers.CharField(help_text="For `Accept-Language`.")
    name = serializers.CharField(help_text="In the caller's language.")
    own_name = serializers.CharField(help_text="In itself.")
    is_default = serializers.BooleanField()


class IndexCallSerializer(Shape):
    """A call of an address."""

    method = serializers.CharField()
    operation = serializers.CharField(help_text="Its `operationId` in the schema.")


class IndexResourceSerializer(Shape):
    """An address, and what the caller may do with it."""

    path = serializers.CharField(help_text="Below the API's address, with names in braces.")
    url = serializers.CharField(help_text="The same whole.")
    calls = IndexCallSerializer(many=True)


class IndexSerializer(Shape):
    """All that is open to the caller."""

    schema = serializers.CharField(help_text="Where the schema is.")
    resources = IndexResourceSerializer(many=True)
