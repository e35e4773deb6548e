"""A basket that nobody has."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from tradepost.basket.services import BasketView

from ..base import Input, Nested, Shape
from ..basket import CouponSerializer, ProblemSerializer, problems
from ..fields import CountField, TextField, UtcField

__all__ = ["DryRunSerializer", "TryItemSerializer", "TrySerializer"]

_MOST = 1_000_000
_LINES = 500


class TryItemSerializer(Input):
    """A quantity of a variant."""

    variant = TextField(max_length=255, help_text="SKU.")
    quantity = CountField(default=1, min_value=1, max_value=_MOST)


class TrySerializer(Input):
    """A basket that somebody might have."""

    items = TryItemSerializer(many=True, allow_empty=False, max_length=_LINES)  # type: ignore[call-arg]
    customer = TextField(default="", allow_blank=True, help_text="UUID or e-mail; empty for a guest.")
    email = serializers.EmailField(default="", allow_blank=True, help_text="Of a guest, whose uses of coupons count.")
    country = TextField(default="", allow_blank=True, max_length=2, help_text="As in DE.")
    region = TextField(default="", allow_blank=True, max_length=80)
    postcode = TextField(default="", allow_blank=True, max_length=20)
    currency = TextField(default="", allow_blank=True, max_length=3, help_text="The shop's own by default.")
    channel = TextField(default="web", max_length=50)
    at = UtcField(default=None, allow_null=True, help_text="The moment that counts; now by default.")
    coupons = serializers.ListField(child=TextField(max_length=40), default=list, max_length=20)
    shipping_method = TextField(default="", allow_blank=True, max_length=50, help_text="Its code.")
    payment_method = TextField(default="", allow_blank=True, max_length=50, help_text="Its alias.")
    tax_id = TextField(default="", allow_blank=True, max_length=40)


class DryRunSerializer(Shape):
    """The totals that a basket would have, with their explanation."""

    currency = TextField(source="totals.currency")
    explanation = Nested("basket.Explanation", source="explained")
    coupons = serializers.SerializerMethodField()
    shipping_methods = Nested("checkout.ShippingMethod", source="quotes", many=True)
    problems = serializers.SerializerMethodField()

    @extend_schema_field(CouponSerializer(many=True))
    def get_coupons(self, view: BasketView) -> Any:
        """The codes, and whether each has an effect."""
        return [{"code": code, "applied": code in view.totals.coupons} for code in view.basket.coupon_codes]

    @extend_schema_field(ProblemSerializer(many=True))
    def get_problems(self, view: BasketView) -> Any:
        """List the reasons why it could not be ordered."""
        return problems(view.totals)
