"""Promotions and coupons, as the shop's staff see and write them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from tradepost.api.money import MoneyField
from tradepost.promotions.base import AbstractPromotion
from tradepost.promotions.models import Benefit, Condition, Coupon, Promotion

from ..base import Shape, TradepostSerializer
from ..fields import CountField, UtcField
from .base import Input, TextField, TruthField
from .promotion_parts import PartField, part_union

__all__ = [
    "ChangeCouponSerializer",
    "CouponBatchSerializer",
    "MakeCouponsSerializer",
    "NewCouponSerializer",
    "PromotionInputSerializer",
    "StaffCouponSerializer",
    "StaffPromotionSerializer",
    "StaffPromotionSummarySerializer",
]

_SMALL = 32_767
_MOST_COUPONS = 20_000
_MOST_PARTS = 50


@extend_schema_field(part_union(Condition))
class ConditionField(PartField):
    """A condition of any kind."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(Condition, **kwargs)


@extend_schema_field(part_union(Benefit))
class BenefitField(PartField):
    """A benefit of any kind."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(Benefit, **kwargs)


class StaffPromotionSummarySerializer(TradepostSerializer[Promotion]):
    """A promotion in a list."""

    max_discount = MoneyField(allow_null=True, help_text="The most that it takes off one order.")
    budget = MoneyField(allow_null=True, help_text="The most that it takes off all orders together.")
    spent = serializers.SerializerMethodField(help_text="Of the budget; null where no currency is named.")

    class Meta:
        model = Promotion
        fields: Sequence[str] = (
            "code",
            "name",
            "label",
            "needs_coupon",
            "channel",
            "priority",
            "lane",
            "is_exclusive",
            "uses_units",
            "max_discount",
            "budget",
            "spent",
            "usage_limit",
            "customer_limit",
            "used",
            "starts_at",
            "ends_at",
            "is_active",
        )
        read_only_fields: Sequence[str] = fields

    @extend_schema_field(MoneyField(allow_null=True))
    def get_spent(self, promotion: AbstractPromotion) -> Any:
        """As everywhere."""
        shown = MoneyField(source="spent")
        shown.bind("spent_shown", self)
        shown.source_attrs = ["spent"]
        return shown.to_representation(shown.get_attribute(promotion)) if promotion.currency else None


class StaffPromotionSerializer(StaffPromotionSummarySerializer):
    """A promotion with what must hold and what becomes cheaper."""

    conditions = serializers.SerializerMethodField()
    benefits = serializers.SerializerMethodField()
    coupons = serializers.SerializerMethodField(
        help_text="How many there are; they are at `staff/coupons/?promotion=`."
    )

    class Meta(StaffPromotionSummarySerializer.Meta):
        fields: Sequence[str] = (*StaffPromotionSummarySerializer.Meta.fields, "conditions", "benefits", "coupons")
        read_only_fields: Sequence[str] = fields

    @extend_schema_field(serializers.ListField(child=ConditionField()))
    def get_conditions(self, promotion: AbstractPromotion) -> Any:
        """All must hold."""
        rows: Any = Condition.objects.filter(promotion=promotion.pk).order_by("pk")
        return [ConditionField().to_representation(row) for row in rows.kinds("collection")]

    @extend_schema_field(serializers.ListField(child=BenefitField()))
    def get_benefits(self, promotion: AbstractPromotion) -> Any:
        """All are applied."""
        rows: Any = Benefit.objects.filter(promotion=promotion.pk).order_by("pk")
        return [BenefitField().to_representation(row) for row in rows.kinds("collection", "bought_collection")]

    def get_coupons(self, promotion: AbstractPromotion) -> int:
        """Made so far."""
        return Coupon.objects.filter(promotion=promotion.pk).count()


class PromotionInputSerializer(Input):
    """A promotion to be made or changed; of a change, what isn't given stays, and a list that is given replaces the old one."""

    code = serializers.SlugField(max_length=60)
    name = TextField(max_length=100)
    label = TextField(  # type: ignore[assignment]
        required=False, allow_blank=True, max_length=100, help_text="For customers; the name if empty."
    )
    needs_coupon = TruthField(required=False)
    channel = TextField(required=False, allow_blank=True, max_length=50, help_text="Empty for all channels.")
    priority = serializers.IntegerField(required=False, min_value=-_SMALL, max_value=_SMALL)
    lane = TextField(required=False, allow_blank=True, max_length=50, help_text="Of one lane the best applies.")
    is_exclusive = TruthField(required=False)
    uses_units = TruthField(required=False)
    max_discount = MoneyField(required=False, allow_null=True)
    budget = MoneyField(required=False, allow_null=True)
    usage_limit = CountField(required=False, allow_null=True, min_value=1)
    customer_limit = CountField(required=False, allow_null=True, min_value=1)
    starts_at = UtcField(required=False, allow_null=True)
    ends_at = UtcField(required=False, allow_null=True)
    is_active = TruthField(required=False)
    conditions = serializers.ListField(child=ConditionField(), required=False, max_length=_MOST_PARTS)
    benefits = serializers.ListField(child=BenefitField(), required=False, max_length=_MOST_PARTS)

    def validate(self, attrs: Any) -> Any:
        """With the currency of the amounts, which is one."""
        amounts = {name: attrs[name] for name in ("max_discount", "budget") if attrs.get(name) is not None}
        currencies = {str(amount.currency) for amount in amounts.values()}
        if len(currencies) > 1:
            raise serializers.ValidationError({"budget": [_("Both amounts are in one currency.")]})
        values = {**attrs, **{name: amount.amount for name, amount in amounts.items()}}
        return {**values, **({"currency": currencies.pop()} if currencies else {})}


class StaffCouponSerializer(TradepostSerializer[Coupon]):
    """A code that unlocks a promotion."""

    promotion = serializers.CharField(source="promotion.code", help_text="Its code.")

    class Meta:
        model = Coupon
        fields: Sequence[str] = (
            "code",
            "promotion",
            "usage_limit",
            "customer_limit",
            "used",
            "starts_at",
            "ends_at",
            "is_active",
            "batch",
            "created_at",
        )
        read_only_fields: Sequence[str] = fields


class _Limits(Input):
    usage_limit = CountField(required=False, allow_null=True, min_value=1, help_text="Orders of it; null for no limit.")
    customer_limit = CountField(required=False, allow_null=True, min_value=1, help_text="Orders of one customer.")
    starts_at = UtcField(required=False, allow_null=True)
    ends_at = UtcField(required=False, allow_null=True)


class ChangeCouponSerializer(_Limits):
    """A change of a coupon."""

    is_active = TruthField(required=False)
    batch = TextField(required=False, allow_blank=True, max_length=60)


class NewCouponSerializer(ChangeCouponSerializer):
    """A coupon to be made."""

    promotion = TextField(max_length=60, help_text="Code of the promotion.")
    code = TextField(max_length=40, help_text="Compared without case; kept in capitals.")


class MakeCouponsSerializer(_Limits):
    """Many coupons in one go, with codes by chance (`count`) or with those that there are already (`codes`)."""

    promotion = TextField(max_length=60, help_text="Code of the promotion.")
    count = CountField(required=False, min_value=1, max_value=_MOST_COUPONS)
    codes = serializers.ListField(
        child=TextField(max_length=40), required=False, allow_empty=False, max_length=1000, help_text="Each once."
    )
    batch = serializers.SlugField(max_length=60, help_text="A name for all of them, to find them again.")
    prefix = TextField(required=False, allow_blank=True, default="", max_length=20, help_text="As in SPRING-.")
    length = CountField(default=8, min_value=4, max_value=30, help_text="Of the part by chance.")

    def validate(self, attrs: Any) -> Any:
        """A number of codes, or the codes."""
        if ("count" in attrs) == ("codes" in attrs):
            raise serializers.ValidationError({"count": [_("Give a number, or the codes.")]})
        return attrs


class CouponBatchSerializer(Shape):
    """Coupons that were made in one go; their codes are at `staff/coupons/batches/{batch}/`."""

    batch = serializers.CharField()
    count = serializers.IntegerField()
    used = serializers.IntegerField(help_text="Orders with one of them.")
