"""Countries, and the form of an address in each."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from tradepost.core.addresses.form_fields import AddressField

from ..base import Shape

__all__ = ["AddressFieldSerializer", "AddressFormSerializer", "CountrySerializer", "RegionSerializer"]


class CountrySerializer(Shape):
    """A country."""

    code = serializers.CharField(help_text="ISO 3166-1 alpha-2, as in DE.")
    name = serializers.CharField(help_text="In the language of the request.")


class RegionSerializer(Shape):
    """A state, province or the like."""

    value = serializers.CharField(help_text="To be sent as `region`.")
    label = serializers.CharField()  # type: ignore[assignment]


class AddressFieldSerializer(Shape):
    """A field of an address."""

    name = serializers.CharField(help_text="Of an address, as in `postcode`.")
    label = serializers.CharField(help_text="In the language of the request.")  # type: ignore[assignment]
    line = serializers.IntegerField(help_text="Fields of one number are written beside each other.")
    required = serializers.BooleanField(source="is_required", help_text="An address without it is refused.")  # type: ignore[assignment]
    usual = serializers.BooleanField(source="is_usual", help_text="False: a form can leave it out while it is empty.")
    choices = serializers.SerializerMethodField(help_text="Regions to offer; others may be typed.")
    example = serializers.CharField(help_text="Of a postcode; empty for none.")
    pattern = serializers.CharField(
        help_text="Of a postcode in capitals, as a regular expression; empty for none. One that doesn't fit is taken with a "
        "warning, unless the shop is strict."
    )

    @extend_schema_field(RegionSerializer(many=True))
    def get_choices(self, field: AddressField) -> list[dict[str, str]]:
        """Value and name of each."""
        return [{"value": value, "label": name} for value, name in field.choices]


class AddressFormSerializer(CountrySerializer):
    """The form of an address in a country."""

    fields = AddressFieldSerializer(source="address_fields", many=True)  # type: ignore[assignment]
