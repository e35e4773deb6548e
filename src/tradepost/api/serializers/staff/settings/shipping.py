"""Shipping methods and pickup points, as the shop's staff see and write them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError

from tradepost.api.money import MoneyField
from tradepost.core.db.fields import AmountField
from tradepost.core.db.polymorphic import kind_code
from tradepost.shipping.models import PickupPoint, ShippingMethod
from tradepost.shipping.services import cost_columns, shipping_kinds

from ...base import Nested, Shape, TradepostSerializer
from ...fields import CountField, EnumField
from ...kind_fields import field_of
from ..base import Input, TextField, TruthField, keys_field
from ..dry_run import TryItemSerializer

__all__ = [
    "DeliveryQuotesSerializer",
    "PickupPointInputSerializer",
    "ShippingMethodInputSerializer",
    "StaffPickupPointSerializer",
    "StaffShippingMethodSerializer",
    "TryDeliverySerializer",
]

_SMALL = 32_767
_LINES = 500
_GRAMS, _MILLIMETRES = "Of one parcel, in grams.", "Of one unit, in millimetres."


def _field_of_cost(column: models.Field[Any, Any]) -> serializers.Field[Any, Any, Any, Any]:
    """The field of a column of a kind; amounts are in the method's currency."""
    if not isinstance(column, AmountField):
        return field_of(column, enum="Shipping")
    needed = not (column.blank or column.null or column.has_default())
    return MoneyField(required=needed, allow_null=column.null, help_text=str(column.help_text))


@cache
def _shapes() -> Mapping[str, type[Input]]:
    return {code: _shape_of(code, kind) for code, kind in shipping_kinds().items()}


def _shape_of(code: str, kind: type[models.Model]) -> type[Input]:
    fields: dict[str, Any] = {"kind": EnumField(f"{kind.__name__}Kind", [code])}
    fields |= {column.name: _field_of_cost(column) for column in cost_columns(kind)}
    text = f"{kind._meta.verbose_name}."
    return type(f"{kind.__name__}CostsSerializer", (Input,), {**fields, "__doc__": text.capitalize()})


def _union() -> PolymorphicProxySerializer:
    return PolymorphicProxySerializer(
        component_name="ShippingCosts", serializers=dict(_shapes()), resource_type_field_name="kind"
    )


@extend_schema_field(_union())
class CostsField(serializers.Field[Any, Any, Any, Any]):
    """The costs of a method: its ``kind``, and the fields of that kind."""

    def get_attribute(self, instance: Any) -> Any:
        """The method itself, as its own kind."""
        return instance

    def to_representation(self, value: Any) -> dict[str, Any]:
        """Of a method."""
        code = kind_code(value)
        value.kind = code
        shown: dict[str, Any] = _shapes()[code](value, context=self.context).data
        return shown

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """From JSON; what a kind may lack and isn't given stays, of a change.

        Raises:
            ValidationError: It is no object, of no known kind, or a field of the kind is wrong.
        """
        if not isinstance(data, Mapping):
            raise ValidationError(_("A JSON object is expected."))
        shape = _shapes().get(str(data.get("kind", "")))
        if shape is None:
            raise ValidationError({"kind": [ErrorDetail(str(_("There is no such kind.")), code="invalid_choice")]})
        form = shape(data=data, context=self.context)
        form.is_valid(raise_exception=True)
        return dict(form.validated_data)


class StaffShippingMethodSerializer(TradepostSerializer[ShippingMethod]):
    """A way to deliver, with what it costs, where it goes and what it carries."""

    handling = MoneyField(read_only=True, help_text="Added once to each delivery that isn't free by its value.")
    costs = CostsField(read_only=True)
    zones = serializers.SlugRelatedField[Any](
        slug_field="code", many=True, read_only=True, help_text="None for everywhere."
    )
    excluded_products = serializers.SlugRelatedField[Any](slug_field="slug", many=True, read_only=True)
    excluded_collections = serializers.SlugRelatedField[Any](slug_field="slug", many=True, read_only=True)

    class Meta:
        model = ShippingMethod
        fields: Sequence[str] = (
            "code",
            "name",
            "description",
            "currency",
            "costs",
            "handling",
            "tax_class",
            "zones",
            "min_days",
            "max_days",
            "max_weight",
            "max_side",
            "max_girth",
            "max_volume",
            "excluded_products",
            "excluded_collections",
            "position",
            "is_active",
        )
        read_only_fields: Sequence[str] = fields


class ShippingMethodInputSerializer(Input):
    """A shipping method, to be made or changed; of a change, a list that is given replaces the old one."""

    code = serializers.SlugField(max_length=50)
    name = TextField(max_length=100)
    description = TextField(required=False, allow_blank=True, max_length=200)
    currency = TextField(max_length=3, help_text="ISO 4217: offered to baskets in it.")
    costs = CostsField()
    handling = MoneyField(required=False)
    tax_class = TextField(
        required=False, allow_blank=True, max_length=50, help_text="Its code; empty to tax it as the goods."
    )
    zones = keys_field("Codes of zones; none for everywhere.")
    min_days = CountField(required=False, allow_null=True, min_value=0, max_value=_SMALL, help_text="Working days.")
    max_days = CountField(required=False, allow_null=True, min_value=0, max_value=_SMALL, help_text="Working days.")
    max_weight = CountField(required=False, allow_null=True, min_value=0, help_text=_GRAMS)
    max_side = CountField(required=False, allow_null=True, min_value=0, help_text=_MILLIMETRES)
    max_girth = CountField(required=False, allow_null=True, min_value=0, help_text=_MILLIMETRES)
    max_volume = CountField(
        required=False, allow_null=True, min_value=0, help_text="Of one parcel, in cubic centimetres."
    )
    excluded_products = keys_field("Slugs of products that don't travel by it.", most=1000)
    excluded_collections = keys_field("Slugs of collections that don't.")
    position = CountField(required=False, min_value=0, max_value=_SMALL)
    is_active = TruthField(required=False)


class StaffPickupPointSerializer(TradepostSerializer[PickupPoint]):
    """A place where customers fetch their parcels."""

    methods = serializers.SlugRelatedField[Any](
        slug_field="code", many=True, read_only=True, help_text="Codes of the shipping methods that reach it."
    )

    class Meta:
        model = PickupPoint
        fields: Sequence[str] = (
            "code",
            "name",
            "methods",
            "line1",
            "line2",
            "postcode",
            "city",
            "region",
            "country",
            "opening_hours",
            "position",
            "is_active",
        )
        read_only_fields: Sequence[str] = fields


class PickupPointInputSerializer(Input):
    """A pickup point, to be made or changed."""

    code = serializers.SlugField(max_length=50)
    name = TextField(max_length=100)
    methods = serializers.ListField(
        child=TextField(max_length=50),
        allow_empty=False,
        max_length=100,
        help_text="Codes of the shipping methods that reach it; they deliver to points only.",
    )
    line1 = TextField(max_length=200)
    line2 = TextField(required=False, allow_blank=True, max_length=200)
    postcode = TextField(required=False, allow_blank=True, max_length=20)
    city = TextField(max_length=120)
    region = TextField(required=False, allow_blank=True, max_length=80)
    country = TextField(max_length=2, help_text="As in DE.")
    opening_hours = TextField(required=False, allow_blank=True, max_length=2000)
    position = CountField(required=False, min_value=0, max_value=_SMALL)
    is_active = TruthField(required=False)


class TryDeliverySerializer(Input):
    """Goods and where they would go."""

    items = TryItemSerializer(many=True, allow_empty=False, max_length=_LINES)  # type: ignore[call-arg]
    country = TextField(default="", allow_blank=True, max_length=2, help_text="As in DE.")
    region = TextField(default="", allow_blank=True, max_length=80)
    postcode = TextField(default="", allow_blank=True, max_length=20)
    currency = TextField(default="", allow_blank=True, max_length=3, help_text="The shop's own by default.")
    channel = TextField(default="web", max_length=50)


class DeliveryQuotesSerializer(Shape):
    """The price of each method for some goods, or why it isn't on offer."""

    currency = TextField(source="totals.currency")
    shipping_methods = Nested("checkout.ShippingMethod", source="quotes", many=True)
