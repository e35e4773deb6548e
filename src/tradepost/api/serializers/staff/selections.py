"""Categories and collections as staff see and write them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rest_framework import serializers

from tradepost.catalogue.models import Category, Collection

from ..base import TradepostSerializer
from ..fields import CountField, TextField, TruthField
from .base import Input, keys_field

__all__ = [
    "CategoryInputSerializer",
    "CollectionInputSerializer",
    "StaffCategorySerializer",
    "StaffCollectionSerializer",
]

_MOST_PRODUCTS = 1000
_SMALL = 32_767


class StaffCategorySerializer(TradepostSerializer[Category]):
    """A category, shown or hidden."""

    parent = serializers.CharField(  # type: ignore[assignment]
        source="parent_slug", read_only=True, allow_null=True, help_text="Slug of the one above; null for a root."
    )

    class Meta:
        model = Category
        fields: Sequence[str] = ("slug", "name", "description", "is_published", "parent", "depth")
        read_only_fields: Sequence[str] = fields


class CategoryInputSerializer(Input):
    """A category, to be made, changed or moved."""

    slug = TextField(max_length=255)
    name = TextField(max_length=255, help_text="Categories of one level are in the order of their names.")
    description = TextField(max_length=100_000, required=False, allow_blank=True)
    is_published = TruthField(required=False, help_text="A hidden one hides what is below it.")
    parent = TextField(  # type: ignore[assignment]
        max_length=255, required=False, allow_null=True, help_text="Slug of the one above; null for a root."
    )


class StaffCollectionSerializer(TradepostSerializer[Collection]):
    """A collection, shown or hidden."""

    products = serializers.SlugRelatedField[Any](slug_field="slug", many=True, read_only=True)

    class Meta:
        model = Collection
        fields: Sequence[str] = ("slug", "name", "description", "rule", "products", "is_published", "position")
        read_only_fields: Sequence[str] = fields


class CollectionInputSerializer(Input):
    """A collection, to be made or changed."""

    slug = TextField(max_length=120)
    name = TextField(max_length=100)
    description = TextField(max_length=100_000, required=False, allow_blank=True)
    rule = serializers.DictField(
        required=False, help_text="Instead of products by hand: `tags`, `categories`, `featured`, `attributes`."
    )
    products = keys_field("Slugs, by hand; they replace those that are there.", most=_MOST_PRODUCTS)
    is_published = TruthField(required=False)
    position = CountField(required=False, min_value=0, max_value=_SMALL)
