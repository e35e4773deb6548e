"""Goods as staff see and write them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rest_framework import serializers

from tradepost.catalogue.base import AbstractProduct
from tradepost.catalogue.models import Attribute, Product, ProductType, Tag, Variant

from ..base import Extra, Nested, TradepostSerializer
from ..fields import CountField, EnumField
from .base import CostField, ExtraInput, Input, ShopMoneyField, TextField, TruthField, keys_field

__all__ = [
    "AttributeInputSerializer",
    "AttributeSerializer",
    "NewProductSerializer",
    "OptionsInputSerializer",
    "ProductInputSerializer",
    "ProductTypeInputSerializer",
    "ProductTypeSerializer",
    "StaffProductSerializer",
    "StaffVariantSerializer",
    "TagInputSerializer",
    "TagSerializer",
    "VariantInputSerializer",
]

_MOST_VARIANTS = 200
_MOST_CHOICES = 500
_SMALL = 32_767


class AttributeSerializer(TradepostSerializer[Attribute]):
    """An attribute of a product type."""

    kind = EnumField("AttributeKind", Attribute.Kind.values, read_only=True)

    class Meta:
        model = Attribute
        fields: Sequence[str] = (
            "code",
            "name",
            "kind",
            "choices",
            "unit",
            "required",
            "filterable",
            "position",
        )
        read_only_fields: Sequence[str] = fields


class AttributeInputSerializer(Input):
    """An attribute of a product type, to be made or changed."""

    code = TextField(max_length=50, help_text="By which products have their values.")
    name = TextField(max_length=100)
    kind = EnumField("AttributeKind", Attribute.Kind.values, required=False)
    choices = serializers.ListField(
        child=TextField(max_length=255), required=False, max_length=_MOST_CHOICES, help_text="For kinds with choices."
    )
    unit = TextField(max_length=20, required=False, allow_blank=True)
    required = TruthField(required=False)  # type: ignore[assignment]
    filterable = TruthField(required=False)
    position = CountField(required=False, min_value=0, max_value=_SMALL)


class ProductTypeSerializer(TradepostSerializer[ProductType]):
    """A product type with its attributes."""

    kind = EnumField("ProductKind", ProductType.Kind.values, read_only=True)
    attributes = Nested("staff.Attribute", many=True, read_only=True)

    class Meta:
        model = ProductType
        fields: Sequence[str] = ("code", "name", "kind", "tax_class", "track_stock", "attributes")
        read_only_fields: Sequence[str] = fields


class ProductTypeInputSerializer(Input):
    """A product type, to be made or changed."""

    code = TextField(max_length=50)
    name = TextField(max_length=100)
    kind = EnumField("ProductKind", ProductType.Kind.values, required=False)
    tax_class = TextField(max_length=50, required=False, help_text="Code of a tax class.")
    track_stock = TruthField(required=False)


class TagSerializer(TradepostSerializer[Tag]):
    """A tag."""

    class Meta:
        model = Tag
        fields: Sequence[str] = ("slug", "name")
        read_only_fields: Sequence[str] = fields


class TagInputSerializer(Input):
    """A tag, to be made or changed."""

    slug = TextField(max_length=255)
    name = TextField(max_length=255)


class StaffVariantSerializer(TradepostSerializer[Variant]):
    """A variant, whether it is sold or archived."""

    product = serializers.SlugRelatedField[AbstractProduct](slug_field="slug", read_only=True)
    label = serializers.CharField(  # type: ignore[assignment]
        read_only=True, help_text="Its name, or its options; empty for an only one."
    )
    unit_cost = CostField(
        allow_null=True, read_only=True, help_text="Null where none is known, and for who may not view variants."
    )
    extra = Extra("tradepost_catalogue.Variant", source="*", read_only=True)

    class Meta:
        model = Variant
        fields: Sequence[str] = (
            "sku",
            "uuid",
            "product",
            "name",
            "label",
            "options",
            "barcode",
            "weight",
            "length",
            "width",
            "height",
            "unit_cost",
            "track_stock",
            "metadata",
            "position",
            "archived_at",
            "version",
            "extra",
        )
        read_only_fields: Sequence[str] = fields


class VariantInputSerializer(Input):
    """A variant, to be made or changed."""

    sku = TextField(max_length=255)
    name = TextField(max_length=255, required=False, allow_blank=True, help_text="Its options, where empty.")
    options = serializers.DictField(
        child=TextField(max_length=255), required=False, help_text="A value for each option of the product, by name."
    )
    barcode = TextField(max_length=255, required=False, allow_blank=True)
    weight = CountField(required=False, min_value=0, help_text="In grams, packed.")
    length = CountField(required=False, allow_null=True, min_value=0, help_text="In millimetres, packed.")
    width = CountField(required=False, allow_null=True, min_value=0, help_text="In millimetres, packed.")
    height = CountField(required=False, allow_null=True, min_value=0, help_text="In millimetres, packed.")
    unit_cost = ShopMoneyField(required=False, allow_null=True, help_text="In the shop's own currency.")
    track_stock = TruthField(required=False, allow_null=True, help_text="Null for what the product type says.")
    metadata = serializers.DictField(required=False, help_text="Merged by key; a key with null is taken away.")
    position = CountField(required=False, min_value=0, max_value=_SMALL)
    extra = ExtraInput("tradepost_catalogue.Variant")


class StaffProductSerializer(TradepostSerializer[Product]):
    """A product with all that staff need, whether it is shown, hidden or archived."""

    product_type = serializers.SlugRelatedField[Any](slug_field="code", read_only=True)
    categories = serializers.SlugRelatedField[Any](slug_field="slug", many=True, read_only=True)
    tags = serializers.SlugRelatedField[Any](slug_field="slug", many=True, read_only=True)
    effective_tax_class = serializers.CharField(read_only=True, help_text="Its own, else its type's.")
    variants = Nested("staff.Variant", many=True, read_only=True)
    extra = Extra("tradepost_catalogue.Product", source="*", read_only=True)

    class Meta:
        model = Product
        fields: Sequence[str] = (
            "slug",
            "uuid",
            "product_type",
            "name",
            "summary",
            "description",
            "brand",
            "tax_class",
            "effective_tax_class",
            "option_names",
            "attributes",
            "metadata",
            "categories",
            "tags",
            "is_published",
            "is_featured",
            "is_discountable",
            "source_key",
            "archived_at",
            "created_at",
            "updated_at",
            "version",
            "variants",
            "extra",
        )
        read_only_fields: Sequence[str] = fields


class ProductInputSerializer(Input):
    """A product, to be changed."""

    product_type = TextField(max_length=50, help_text="Its code.")
    name = TextField(max_length=255)
    slug = TextField(max_length=255, required=False, help_text="Made of the name where it isn't given.")
    summary = TextField(max_length=300, required=False, allow_blank=True)
    description = TextField(max_length=100_000, required=False, allow_blank=True)
    brand = TextField(max_length=255, required=False, allow_blank=True)
    tax_class = TextField(max_length=50, required=False, allow_blank=True, help_text="Empty for the product type's.")
    attributes = serializers.DictField(
        required=False, help_text="Values by the codes of the type; merged, and one with null is taken away."
    )
    metadata = serializers.DictField(required=False, help_text="Merged by key; a key with null is taken away.")
    categories = keys_field("Slugs.")
    tags = keys_field("Slugs.")
    is_published = TruthField(required=False)
    is_featured = TruthField(required=False)
    is_discountable = TruthField(required=False)
    extra = ExtraInput("tradepost_catalogue.Product")


class NewProductSerializer(ProductInputSerializer):
    """A product, to be made, with its variants."""

    option_names = serializers.ListField(
        child=TextField(max_length=255), required=False, max_length=20, help_text="What its variants differ in."
    )
    variants = VariantInputSerializer(many=True, required=False, max_length=_MOST_VARIANTS)  # type: ignore[call-arg]


class OptionsInputSerializer(Input):
    """The options of a product, and the values that its variants have of them."""

    option_names = serializers.ListField(child=TextField(max_length=255), max_length=20)
    variants = serializers.DictField(
        child=serializers.DictField(child=TextField(max_length=255)),
        required=False,
        help_text="Value by option name, by SKU; of a variant that isn't named they stay.",
    )
