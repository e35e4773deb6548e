"""Pictures as staff see and write them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rest_framework import serializers

from tradepost.catalogue.models import Image

from ..base import TradepostSerializer
from ..fields import CountField, UrlField
from .base import Input, TextField, TruthField

__all__ = ["ImageInputSerializer", "ImageUploadSerializer", "StaffImageSerializer"]

_LAST = 32_767
_MAIN = "True puts it before all others."
_VARIANT = "A SKU of the product; empty for a picture of all."


class FormTruthField(TruthField):
    """``true`` or ``false`` in a form, which has texts only."""

    def to_internal_value(self, data: Any) -> bool:
        """From a form."""
        return super().to_internal_value(
            {"true": True, "false": False}.get(data, data) if isinstance(data, str) else data
        )


class StaffImageSerializer(TradepostSerializer[Image]):
    """A picture of a product."""

    product = serializers.SlugRelatedField[Any](slug_field="slug", read_only=True)
    variant = serializers.SlugRelatedField[Any](
        slug_field="sku", read_only=True, allow_null=True, help_text="The SKU that it shows; null for all."
    )
    url = UrlField(read_only=True)
    is_main = serializers.BooleanField(read_only=True, help_text="Whether it is the first of its product.")

    class Meta:
        model = Image
        fields: Sequence[str] = ("uuid", "product", "variant", "url", "alt", "position", "is_main")
        read_only_fields: Sequence[str] = fields


class ImageInputSerializer(Input):
    """A picture, to be changed."""

    alt = TextField(max_length=512, required=False, allow_blank=True, help_text="What it shows, for who can't see it.")
    variant = TextField(max_length=255, required=False, allow_null=True, allow_blank=True, help_text=_VARIANT)
    position = CountField(required=False, min_value=0, max_value=_LAST)
    is_main = TruthField(required=False, help_text=_MAIN)


class ImageUploadSerializer(ImageInputSerializer):
    """A form with a picture: its file, or its address elsewhere."""

    file = serializers.FileField(required=False, help_text="Its name doesn't matter.")
    source_url = TextField(max_length=500, required=False, help_text="Instead of a file; nothing is fetched from it.")
    is_main = FormTruthField(required=False, help_text=_MAIN)
