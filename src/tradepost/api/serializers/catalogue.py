"""Products, categories and collections."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from drf_spectacular.utils import extend_schema_field, extend_schema_serializer
from rest_framework import serializers

from tradepost.api.money import MoneyField
from tradepost.catalogue.models import Collection

from .base import Extra, Nested, Shape, TradepostSerializer

__all__ = [
    "AncestorSerializer",
    "BadgeSerializer",
    "CategoryDetailSerializer",
    "CategorySerializer",
    "CollectionSerializer",
    "FacetSerializer",
    "ProductCardSerializer",
    "ProductPageSerializer",
    "ProductSerializer",
    "PropertySerializer",
    "VariantSerializer",
]


class BadgeSerializer(Shape):
    """The badge of a promotion that names the product."""

    text = serializers.CharField(help_text="A few words, as in “−20 %”.")
    label = serializers.CharField(help_text="What the promotion is called.")  # type: ignore[assignment]
    promotion = serializers.CharField()


class ProductCardSerializer(Shape):
    """A product in a list (`tradepost.browse.Card`)."""

    slug = serializers.CharField(source="product.slug")
    name = serializers.CharField(source="product.name")
    summary = serializers.CharField(source="product.summary")
    brand = serializers.CharField(source="product.brand")
    price = MoneyField(exact=True, allow_null=True, help_text="Of the variant to show first; null without a price.")
    was = MoneyField(exact=True, allow_null=True, help_text="The price before, where it was higher.")
    lowest = MoneyField(exact=True, allow_null=True, help_text="The lowest in the 30 days before it was reduced.")
    is_from = serializers.BooleanField(help_text="Whether another variant costs more.")
    in_stock = serializers.BooleanField()
    image = Nested("catalogue.Picture", allow_null=True)
    badges = Nested("catalogue.Badge", many=True)
    images = Nested("catalogue.Picture", many=True, on_request=True)
    variants = Nested("catalogue.Variant", many=True, source="offers", on_request=True)
    extra = Extra("tradepost_catalogue.Product", source="product")


class VariantSerializer(Shape):
    """A variant as it is on offer (`tradepost.browse.Offer`)."""

    sku = serializers.CharField(source="variant.sku")
    name = serializers.CharField(source="variant.label", help_text="What sets it apart; empty for an only one.")
    options = serializers.DictField(source="variant.options", help_text="Value by option name.")
    price = MoneyField(exact=True, allow_null=True)
    was = MoneyField(exact=True, allow_null=True, help_text="The price before, where it was higher.")
    lowest = MoneyField(exact=True, allow_null=True, help_text="The lowest in the 30 days before it was reduced.")
    in_stock = serializers.BooleanField()
    available = serializers.IntegerField(allow_null=True, help_text="Units left; null where stock isn't counted.")
    image = Nested("catalogue.Picture", allow_null=True)
    extra = Extra("tradepost_catalogue.Variant", source="variant")


class PropertySerializer(Shape):
    """An attribute and its value, for machines and for people."""

    code = serializers.CharField()
    name = serializers.CharField()
    value = serializers.JSONField()
    text = serializers.CharField()


class ProductSerializer(Shape):
    """A product with its variants (`tradepost.browse.ProductDetail`)."""

    slug = serializers.CharField(source="product.slug")
    uuid = serializers.UUIDField(source="product.uuid")
    name = serializers.CharField(source="product.name")
    summary = serializers.CharField(source="product.summary")
    description = serializers.CharField(source="product.description")
    brand = serializers.CharField(source="product.brand")
    options = serializers.DictField(
        child=serializers.ListField(child=serializers.CharField()),
        help_text="The values to choose from, by option name.",
    )
    properties = Nested("catalogue.Property", many=True)
    images = Nested("catalogue.Picture", many=True)
    badges = Nested("catalogue.Badge", many=True)
    variants = Nested("catalogue.Variant", many=True, source="offers")
    extra = Extra("tradepost_catalogue.Product", source="product")


class FacetValueSerializer(Shape):
    """A value to filter by, with the number of products that have it."""

    value = serializers.CharField()
    text = serializers.CharField()
    count = serializers.IntegerField()
    is_chosen = serializers.BooleanField()


class FacetSerializer(Shape):
    """An attribute to filter by: `?attr.{code}={value}`."""

    code = serializers.CharField()
    name = serializers.CharField()
    values = FacetValueSerializer(many=True)


@extend_schema_serializer(many=False)
class ProductPageSerializer(Shape):
    """A page of products."""

    count = serializers.IntegerField(required=False, help_text="Not in pages by cursor.")
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = Nested("catalogue.ProductCard", many=True)
    facets = Nested("catalogue.Facet", many=True, required=False, help_text="Where they were asked for.")


class CategorySerializer(Shape):
    """A category with those below it (`tradepost.catalogue.selectors.CategoryNode`)."""

    slug = serializers.CharField(source="category.slug")
    name = serializers.CharField(source="category.name")
    description = serializers.CharField(source="category.description")
    products = serializers.IntegerField(help_text="In it and below it.")
    children = Nested("catalogue.Category", many=True)


class AncestorSerializer(Shape):
    """A category on the way from the root."""

    slug = serializers.CharField(source="category.slug")
    name = serializers.CharField(source="category.name")


class CategoryDetailSerializer(CategorySerializer):
    """A category with those below it and the way to it."""

    ancestors = serializers.SerializerMethodField(help_text="From the root down, without itself.")

    @extend_schema_field(AncestorSerializer(many=True))
    def get_ancestors(self, node: object) -> Any:
        """The view found them on its way."""
        return AncestorSerializer(self.context.get("ancestors", []), many=True).data


class CollectionSerializer(TradepostSerializer[Collection]):
    """A selection of products; they are at `products/?collection={slug}`."""

    class Meta:
        model = Collection
        fields: Sequence[str] = ("slug", "name", "description")
        read_only_fields: Sequence[str] = fields
