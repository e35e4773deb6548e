"""Price lists, prices and their history, as staff see and write them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rest_framework import serializers

from tradepost.api.money import MoneyField
from tradepost.pricing.models import Price, PriceChange, PriceList

from ..base import Shape, TradepostSerializer
from ..fields import CountField, EnumField, UtcField
from .base import Input, TextField, TruthField, keys_field

__all__ = [
    "ChangedSerializer",
    "PriceChangeSerializer",
    "PriceInputSerializer",
    "PriceListInputSerializer",
    "PriceListSerializer",
    "PriceSerializer",
    "PricesInputSerializer",
]

_SMALL = 32_767
_MOST_PRICES = 1000
_ROUNDINGS = [value for value, _label in PriceList._meta.get_field("rounding").flatchoices]


class PriceListSerializer(TradepostSerializer[PriceList]):
    """A price list."""

    rounding = EnumField("PriceRounding", _ROUNDINGS, read_only=True)
    groups = serializers.SlugRelatedField[Any](slug_field="code", many=True, read_only=True)
    zones = serializers.SlugRelatedField[Any](slug_field="code", many=True, read_only=True)
    converts = serializers.SlugRelatedField[Any](
        slug_field="code", read_only=True, help_text="The list that it follows."
    )

    class Meta:
        model = PriceList
        fields: Sequence[str] = (
            "code",
            "name",
            "currency",
            "includes_tax",
            "channel",
            "groups",
            "zones",
            "converts",
            "rounding",
            "margin",
            "priority",
            "starts_at",
            "ends_at",
            "is_active",
        )
        read_only_fields: Sequence[str] = fields


class PriceListInputSerializer(Input):
    """A price list, to be made or changed."""

    code = TextField(max_length=50)
    name = TextField(max_length=100)
    currency = TextField(max_length=3, help_text="ISO 4217.")
    includes_tax = TruthField(required=False)
    channel = TextField(max_length=50, required=False, allow_blank=True, help_text="Empty for all channels.")
    groups = keys_field("Codes of customer groups; none for everybody.")
    zones = keys_field("Codes of zones; none for everywhere.")
    converts = TextField(max_length=50, required=False, allow_null=True, help_text="Code of the list that it follows.")
    rounding = EnumField("PriceRounding", _ROUNDINGS, required=False)
    margin = serializers.DecimalField(
        max_digits=9,
        decimal_places=6,
        required=False,
        help_text="On what follows, before it is rounded: 0.03 is 3 % more.",
    )
    priority = CountField(
        required=False, min_value=-_SMALL, max_value=_SMALL, help_text="The highest that has a price wins."
    )
    starts_at = UtcField(required=False, allow_null=True)
    ends_at = UtcField(required=False, allow_null=True)
    is_active = TruthField(required=False)


class PriceSerializer(TradepostSerializer[Price]):
    """The price of one unit of a variant, from a quantity on."""

    price_list = serializers.SlugRelatedField[Any](slug_field="code", read_only=True)
    variant = serializers.SlugRelatedField[Any](slug_field="sku", read_only=True)
    amount = MoneyField(currency="price_list.currency", exact=True, read_only=True)
    was = MoneyField(
        source="was_amount", currency="price_list.currency", exact=True, allow_null=True, read_only=True,
        help_text="The price before, shown struck through.",
    )  # fmt: skip

    class Meta:
        model = Price
        fields: Sequence[str] = (
            "price_list",
            "variant",
            "min_quantity",
            "amount",
            "was",
            "is_converted",
            "updated_at",
        )
        read_only_fields: Sequence[str] = fields


class PriceInputSerializer(Input):
    """A price to be set, or to be taken away."""

    variant = TextField(max_length=255, help_text="SKU.")
    amount = MoneyField(exact=True, allow_null=True, help_text="In the list's currency; null takes the price away.")
    was = MoneyField(
        exact=True, allow_null=True, required=False, help_text="The price before; none where it isn't given."
    )
    min_quantity = CountField(default=1, min_value=1)


class PricesInputSerializer(Input):
    """Prices of one list, set together or not at all."""

    prices = PriceInputSerializer(many=True, allow_empty=False, max_length=_MOST_PRICES)  # type: ignore[call-arg]


class ChangedSerializer(Shape):
    """The variants of which something changed."""

    changed = serializers.ListField(child=serializers.CharField(), help_text="SKUs.")


class PriceChangeSerializer(TradepostSerializer[PriceChange]):
    """An amount that a price had from a moment on."""

    price_list = serializers.SlugRelatedField[Any](slug_field="code", read_only=True)
    variant = serializers.SlugRelatedField[Any](slug_field="sku", read_only=True)
    amount = MoneyField(
        currency="price_list.currency", exact=True, allow_null=True, read_only=True,
        help_text="Null where the price was taken away.",
    )  # fmt: skip

    class Meta:
        model = PriceChange
        fields: Sequence[str] = ("price_list", "variant", "min_quantity", "amount", "at")
        read_only_fields: Sequence[str] = fields
