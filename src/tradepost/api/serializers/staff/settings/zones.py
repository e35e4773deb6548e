"""Zones, taxes and exchange rates, as the shop's staff see and write them."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from tradepost.pricing.models import ExchangeRate, TaxClass, TaxRate, Zone, ZoneArea

from ...base import Nested, TradepostSerializer
from ...fields import CountField, UtcField
from ..base import Input, TextField, TruthField

__all__ = [
    "AreaInputSerializer",
    "AreaSerializer",
    "ExchangeRateInputSerializer",
    "ExchangeRateNamedSerializer",
    "ExchangeRateSerializer",
    "TaxClassInputSerializer",
    "TaxClassSerializer",
    "TaxRateInputSerializer",
    "TaxRateSerializer",
    "TaxRatesInputSerializer",
    "ZoneInputSerializer",
    "ZoneSerializer",
]

_SMALL = 32_767
_MOST_AREAS = 1000
_MOST_RATES = 500


class AreaSerializer(TradepostSerializer[ZoneArea]):
    """A country, a region of it, or a range of its postcodes."""

    class Meta:
        model = ZoneArea
        fields: Sequence[str] = ("country", "region", "postcode_from", "postcode_to")
        read_only_fields: Sequence[str] = fields


class ZoneSerializer(TradepostSerializer[Zone]):
    """Places that are taxed or delivered to alike."""

    areas = Nested("staff.Area", many=True)

    class Meta:
        model = Zone
        fields: Sequence[str] = ("code", "name", "is_home", "priority", "reverse_charge", "areas")
        read_only_fields: Sequence[str] = fields


class AreaInputSerializer(Input):
    """An area of a zone; what is empty holds for all."""

    country = TextField(required=False, allow_blank=True, max_length=2, help_text="As in DE; empty for everywhere.")
    region = TextField(required=False, allow_blank=True, max_length=80)
    postcode_from = TextField(required=False, allow_blank=True, max_length=20)
    postcode_to = TextField(required=False, allow_blank=True, max_length=20)


class ZoneInputSerializer(Input):
    """A zone, to be made or changed; areas that are given replace all that it has."""

    code = serializers.SlugField(max_length=50)
    name = TextField(max_length=100)
    is_home = TruthField(required=False, help_text="Taken while the buyer's address isn't known.")
    priority = CountField(required=False, min_value=-_SMALL, max_value=_SMALL)
    reverse_charge = TruthField(required=False, help_text="Buyers who gave a tax id owe the tax themselves.")
    areas = AreaInputSerializer(many=True, required=False, max_length=_MOST_AREAS)  # type: ignore[call-arg]


class TaxClassSerializer(TradepostSerializer[TaxClass]):
    """The kind of a good for the tax office."""

    class Meta:
        model = TaxClass
        fields: Sequence[str] = ("code", "name")
        read_only_fields: Sequence[str] = fields


class TaxClassInputSerializer(Input):
    """A tax class, to be made or changed."""

    code = serializers.SlugField(max_length=50)
    name = TextField(max_length=100)


class TaxRateSerializer(TradepostSerializer[TaxRate]):
    """A rate for a tax class in a zone."""

    zone = serializers.SlugRelatedField[Any](slug_field="code", read_only=True)
    tax_class = serializers.SlugRelatedField[Any](slug_field="code", read_only=True)
    rate = serializers.DecimalField(
        max_digits=9, decimal_places=6, normalize_output=True, read_only=True, help_text="0.19 is 19 %."
    )

    class Meta:
        model = TaxRate
        fields: Sequence[str] = ("zone", "tax_class", "name", "rate", "jurisdiction", "compound", "position")
        read_only_fields: Sequence[str] = fields


class TaxRateInputSerializer(Input):
    """A tax rate of a zone, to be set or taken away."""

    tax_class = TextField(max_length=50, help_text="Its code.")
    name = TextField(max_length=100, help_text="As on an invoice: VAT 19 %.")
    rate = serializers.DecimalField(
        max_digits=9,
        decimal_places=6,
        min_value=Decimal(0),
        allow_null=True,
        help_text="0.19 is 19 %; null takes it away.",
    )
    jurisdiction = TextField(required=False, allow_blank=True, max_length=50)
    compound = TruthField(required=False, help_text="On the amount with the other taxes.")
    position = CountField(required=False, min_value=0, max_value=_SMALL)


class TaxRatesInputSerializer(Input):
    """Tax rates of a zone, set together or not at all."""

    rates = TaxRateInputSerializer(many=True, allow_empty=False, max_length=_MOST_RATES)  # type: ignore[call-arg]


class ExchangeRateSerializer(TradepostSerializer[ExchangeRate]):
    """Units of the shop's own currency for one unit of another, from a moment on."""

    rate = serializers.DecimalField(max_digits=20, decimal_places=10, normalize_output=True, read_only=True)

    class Meta:
        model = ExchangeRate
        fields: Sequence[str] = ("currency", "base", "rate", "valid_from")
        read_only_fields: Sequence[str] = fields


class ExchangeRateInputSerializer(Input):
    """An exchange rate, to be set."""

    currency = TextField(max_length=3, help_text="ISO 4217, another one than the shop's.")
    rate = serializers.DecimalField(
        max_digits=20,
        decimal_places=10,
        min_value=Decimal("0.0000000001"),
        error_messages={"min_value": _("Enter a number above zero.")},
        help_text="Units of the shop's own currency for one unit.",
    )
    valid_from = UtcField(required=False, help_text="Now, where it isn't given.")


class ExchangeRateNamedSerializer(Input):
    """An exchange rate that is to go."""

    currency = TextField(max_length=3, help_text="ISO 4217.")
    valid_from = UtcField(help_text="The moment from which it holds, as the list shows it.")
