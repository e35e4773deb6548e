"""Baskets, and what changes them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from tradepost.api.money import MoneyField
from tradepost.api.parameters.choice import reads
from tradepost.basket.base import AbstractBasket
from tradepost.basket.models import Basket
from tradepost.basket.services import ViewLine
from tradepost.browse import Picture
from tradepost.pricing.document import Totals

from .base import Extra, Input, Nested, Shape
from .fields import CountField, EnumField, TextField, TruthField, states_of

__all__ = [
    "AddLineSerializer",
    "BasketLineSerializer",
    "BasketPage",
    "BasketSerializer",
    "ChangeLineSerializer",
    "CouponCodeSerializer",
    "CouponSerializer",
    "ExchangeSerializer",
    "ExplanationSerializer",
    "LineOfPage",
    "MergeSerializer",
    "NewBasketSerializer",
    "ProblemSerializer",
    "RowExplanationSerializer",
    "problems",
]

_MOST = 1_000_000  # units in one call; the shop's own limit is lower
_OPTION = 500  # characters


@dataclass(frozen=True, slots=True)
class LineOfPage:
    """A line with its picture."""

    line: ViewLine
    picture: Picture | None


@dataclass(frozen=True, slots=True)
class BasketPage:
    """A basket, as it is shown.

    Attributes:
        totals: ``None`` where nothing of them is shown.
    """

    basket: AbstractBasket
    lines: list[LineOfPage]
    totals: Any
    order: str = ""


class ProductOfLineSerializer(Shape):
    """The product behind a line."""

    slug = TextField()
    name = TextField()


class VariantOfLineSerializer(Shape):
    """The variant behind a line."""

    sku = TextField()
    name = TextField(source="label")
    options = serializers.DictField()


class BasketLineSerializer(Shape):
    """A quantity of a variant with the same options."""

    uuid = serializers.UUIDField(source="line.uuid")
    product = ProductOfLineSerializer(source="line.product")
    variant = VariantOfLineSerializer(source="line.variant")
    image = Nested("catalogue.Picture", source="picture", allow_null=True)
    options = serializers.DictField(source="line.options", help_text="What the buyer wrote or chose.")
    quantity = serializers.IntegerField(source="line.quantity")
    available = serializers.IntegerField(
        source="line.available", allow_null=True, help_text="Units left; null where stock isn't counted."
    )
    unit_price = MoneyField(source="line.row.unit_price", exact=True)
    list_price = MoneyField(source="line.row.list_price", exact=True, allow_null=True, help_text="The price before.")
    subtotal = MoneyField(source="line.row.gross", help_text="Before discounts.")
    discount = MoneyField(source="line.row.discount")
    adjustments = Nested("basket.Adjustment", source="line.row.adjustments", many=True)
    net = MoneyField(source="line.row.net")
    tax = MoneyField(source="line.row.tax")
    total = MoneyField(source="line.row.total")
    extra = Extra("tradepost_basket.BasketLine", own=True, source="line.line")


class CouponSerializer(Shape):
    """A code that the visitor entered."""

    code = TextField()
    applied = TruthField(help_text="`explain/` says why not.")


class ProblemSerializer(Shape):
    """A reason why something in the basket can't be ordered."""

    code = TextField()
    detail = TextField()
    line = TextField(help_text="UUID of the line.")


class LeftOutSerializer(Shape):
    """A line or coupon that couldn't come along in a merge; only in the answer to that call."""

    code = TextField(help_text="`quantity_limit`, `not_sellable`, `no_price`, `too_many_lines` or `too_many_coupons`.")
    detail = TextField(source="message")
    sku = TextField(help_text="Empty for a coupon.")
    quantity = serializers.IntegerField(help_text="Units.")
    coupon = TextField()


class BasketSerializer(Shape):
    """A basket with its lines and what it comes to."""

    uuid = serializers.UUIDField(source="basket.uuid")
    status = EnumField("BasketStatus", states_of(Basket), source="basket.status")
    currency = TextField(source="basket.currency")
    country = TextField(source="basket.country")
    order = TextField(help_text="Number of the order that was made of it; empty while it is open.")
    lines = Nested("basket.Line", many=True)
    coupons = serializers.SerializerMethodField()
    totals = Nested("basket.Totals")
    problems = serializers.SerializerMethodField()
    left_out = LeftOutSerializer(source="basket.left_out", many=True)
    extra = Extra("tradepost_basket.Basket", own=True, source="basket")

    @extend_schema_field(CouponSerializer(many=True))
    @reads("totals")
    def get_coupons(self, page: BasketPage) -> Any:
        """In the order in which they were entered."""
        codes = page.basket.coupon_codes
        return [{"code": code, "applied": code in page.totals.coupons} for code in codes]

    @extend_schema_field(ProblemSerializer(many=True))
    @reads("totals")
    def get_problems(self, page: BasketPage) -> Any:
        """Empty for a basket that can be ordered as it is."""
        return problems(page.totals)


def problems(totals: Totals) -> list[dict[str, str]]:
    """List the reasons why totals can't be ordered."""
    return [
        {"code": str(error["code"]), "detail": str(error.get("message", "")), "line": str(error.get("line", ""))}
        for error in totals.errors
    ]


class RowExplanationSerializer(Shape):
    """A line or a charge, with the steps from nothing to its total; each begins where the one before ended."""

    key = TextField(source="row.key", help_text="UUID of the line, or key of the charge.")
    name = TextField()
    code = TextField(help_text="The SKU, or the charge's code.")
    total = MoneyField(source="row.total")
    steps = Nested("basket.TrailEntry", many=True)
    refused = Nested("basket.TrailEntry", many=True)


class ExchangeSerializer(Shape):
    """An order's total in the shop's own currency."""

    rate = serializers.DecimalField(
        max_digits=20, decimal_places=10, normalize_output=True, help_text="Its units for one of the order's."
    )
    total = MoneyField()


class ExplanationSerializer(Shape):
    """An explanation of a total: by line and charge, every step in order. An order's is what was stored."""

    totals = Nested("basket.Totals")
    lines = Nested("basket.RowExplanation", many=True)
    charges = Nested("basket.RowExplanation", many=True)
    refused = Nested("basket.TrailEntry", many=True, help_text="Empty for an order.")
    credits = Nested("basket.TrailEntry", many=True, help_text="Taken off an order afterwards; empty for a basket.")
    exchange = Nested("basket.Exchange", allow_null=True, help_text="Of an order in a foreign currency.")
    trail = Nested("basket.TrailEntry", source="totals.trail", many=True)


class NewBasketSerializer(Input):
    """The options of a new basket."""

    currency = TextField(required=False, max_length=3, help_text="The country's by default.")
    country = TextField(required=False, allow_blank=True, max_length=2, help_text="As in DE.")


class _OptionsField(serializers.DictField):
    child = TextField(max_length=_OPTION, allow_blank=True)

    def to_internal_value(self, data: Any) -> dict[str, str]:
        if isinstance(data, dict) and (len(data) > 20 or any(len(str(name)) > 100 for name in data)):
            raise serializers.ValidationError("At most 20 options with names of at most 100 characters.")
        options: dict[str, str] = super().to_internal_value(data)
        return options


class AddLineSerializer(Input):
    """A variant to add, with its quantity and options."""

    variant = TextField(max_length=255, help_text="SKU.")
    quantity = CountField(default=1, min_value=1, max_value=_MOST)
    options = _OptionsField(default=dict, help_text='What the buyer wrote or chose, as in `{"Message": "…"}`.')


class ChangeLineSerializer(Input):
    """The new quantity of a line."""

    quantity = CountField(min_value=0, max_value=_MOST, help_text="0 removes the line.")


class CouponCodeSerializer(Input):
    """A coupon's code."""

    code = TextField(max_length=40)


class MergeSerializer(Input):
    """A guest's basket that becomes the signed-in customer's."""

    basket = serializers.UUIDField()
