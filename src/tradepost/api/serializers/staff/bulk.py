"""Bodies and answers of bulk calls."""

from __future__ import annotations

from rest_framework import serializers

from tradepost.api.base import AbstractBulkJob
from tradepost.api.models import BulkJob

from ..base import Input, Nested, Shape, TradepostSerializer
from ..fields import CountField, EnumField
from .base import TextField
from .goods import NewProductSerializer
from .prices import PriceInputSerializer

__all__ = [
    "BulkCountsSerializer",
    "BulkJobSerializer",
    "BulkPricesSerializer",
    "BulkProductsSerializer",
    "BulkResultSerializer",
    "BulkResultsSerializer",
    "CountItemSerializer",
    "PriceItemSerializer",
    "ProductItemSerializer",
]

_MOST = 1000
_MOST_PRODUCTS = 250


class PriceItemSerializer(PriceInputSerializer):
    """A price of some list."""

    price_list = TextField(max_length=50, help_text="Code of the list.")


class CountItemSerializer(Input):
    """Units of a variant that were counted at a location."""

    variant = TextField(max_length=255, help_text="SKU.")
    location = TextField(max_length=50, help_text="Its code.")
    counted = CountField(min_value=0)
    note = TextField(max_length=200, default="", allow_blank=True)


class ProductItemSerializer(NewProductSerializer):
    """A product that is made or changed; its variants are known by their SKUs, and those that aren't named stay."""

    slug = TextField(max_length=255, help_text="By which it is known.")
    name = TextField(max_length=255, required=False, help_text="Needed for a new one.")
    product_type = TextField(max_length=50, required=False, help_text="Its code; needed for a new one.")


class BulkPricesSerializer(Input):
    """Prices of one list or several."""

    items = Nested("staff.PriceItem", many=True, max_length=_MOST)


class BulkCountsSerializer(Input):
    """A stocktaking."""

    items = Nested("staff.CountItem", many=True, max_length=_MOST)


class BulkProductsSerializer(Input):
    """Products with their variants."""

    items = Nested("staff.ProductItem", many=True, max_length=_MOST_PRODUCTS)


class BulkResultSerializer(Shape):
    """The result of one row."""

    index = serializers.IntegerField(help_text="Its place in the call, from 0 on.")
    status = serializers.IntegerField(help_text="As the call for one such row would have it.")
    data = serializers.DictField(required=False)  # type: ignore[assignment]
    errors = Nested("api.ErrorEntry", many=True, required=False)  # type: ignore[assignment]
    context = serializers.DictField(required=False)  # type: ignore[assignment]


class BulkResultsSerializer(Shape):
    """The result of each row."""

    results = BulkResultSerializer(many=True)
    succeeded = serializers.IntegerField()
    failed = serializers.IntegerField()


class BulkJobSerializer(TradepostSerializer[BulkJob]):
    """A bulk call with many rows, which are written one part after another."""

    state = EnumField("BulkJobState", AbstractBulkJob.State.values, help_text="`finished` when each row has a result.")
    succeeded = serializers.IntegerField(help_text="Rows that were written.")

    class Meta:
        model = BulkJob
        fields = (
            "uuid",
            "kind",
            "state",
            "total",
            "done",
            "succeeded",
            "failed",
            "error",
            "created_at",
            "started_at",
            "finished_at",
        )
        read_only_fields = fields
