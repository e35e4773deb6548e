"""Orders that staff prepare on behalf of customers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from tradepost.api.money import MoneyField, written
from tradepost.basket.base import AbstractManualPrice
from tradepost.basket.models import Basket
from tradepost.checkout.models import Draft

from ..base import Nested, Shape, TradepostSerializer
from ..basket import AddLineSerializer, CouponSerializer
from ..checkout import UpdateCheckoutSerializer
from ..fields import CountField, EnumField, UtcField, states_of
from .base import Input, NestedPayment, TextField, TruthField
from .orders import BuyerSerializer

__all__ = [
    "AddDraftLineSerializer",
    "ChangeDraftLineSerializer",
    "ChangeDraftSerializer",
    "DraftPreviewSerializer",
    "DraftSerializer",
    "DraftSummarySerializer",
    "ManualDiscountInputSerializer",
    "ManualPriceInputSerializer",
    "NewDraftSerializer",
    "PlaceDraftSerializer",
    "PlacedDraftSerializer",
]

_UNITS = 1_000_000


class DraftSummarySerializer(TradepostSerializer[Draft]):
    """A draft in a list."""

    uuid = serializers.UUIDField(source="basket.uuid", read_only=True)
    status = EnumField("BasketStatus", states_of(Basket), source="basket.status")
    customer = BuyerSerializer(source="basket.customer", allow_null=True)
    email = serializers.SerializerMethodField(help_text="As in the checkout; empty before it has one.")
    author = serializers.CharField(source="author_label", read_only=True)
    replaces = serializers.CharField(
        source="replaces.number", default=None, allow_null=True, read_only=True, help_text="Number of an unpaid order."
    )
    currency = serializers.CharField(source="basket.currency", read_only=True)
    updated_at = UtcField(source="basket.updated_at")

    class Meta:
        model = Draft
        fields: Sequence[str] = (
            "uuid",
            "title",
            "status",
            "customer",
            "email",
            "author",
            "replaces",
            "currency",
            "created_at",
            "updated_at",
        )
        read_only_fields: Sequence[str] = fields

    def get_email(self, draft: Draft) -> str:
        """Of its checkout, which begins with the first thing that is written there."""
        return str(getattr(getattr(draft.basket, "checkout", None), "email", ""))


class ManualDiscountSerializer(Shape):
    """A discount that staff gave on all goods of a draft together."""

    kind = EnumField("ManualPriceKind", AbstractManualPrice.Kind.choices)
    value = serializers.DecimalField(max_digits=19, decimal_places=4, normalize_output=True)
    reason = TextField()
    by = TextField(source="actor_label")


class ManualPriceSerializer(ManualDiscountSerializer):
    """A price or discount that staff set on a line."""

    line = serializers.UUIDField()


class DraftSerializer(DraftSummarySerializer):
    """A draft with all that is in it, what it comes to and what is still missing."""

    country = serializers.CharField(source="basket.country", read_only=True)
    channel = serializers.CharField(source="basket.channel", read_only=True)
    order = serializers.CharField(
        read_only=True, help_text="Number of the order that was made of it; empty until then."
    )
    lines = Nested("basket.Line", many=True)
    manual_prices = ManualPriceSerializer(many=True)
    manual_discount = ManualDiscountSerializer(allow_null=True, help_text="On all goods together; null for none.")
    coupons = CouponSerializer(many=True)
    checkout = Nested("checkout.Checkout")

    class Meta(DraftSummarySerializer.Meta):
        fields: Sequence[str] = (
            *(name for name in DraftSummarySerializer.Meta.fields if name != "email"),
            "country",
            "channel",
            "order",
            "lines",
            "manual_prices",
            "manual_discount",
            "coupons",
            "checkout",
        )
        read_only_fields: Sequence[str] = fields


class NewDraftSerializer(Input):
    """A draft to be begun."""

    customer = serializers.UUIDField(required=False, allow_null=True, default=None, help_text="Null for a stranger.")
    title = TextField(max_length=200, required=False, allow_blank=True, default="", help_text="For staff.")
    currency = TextField(
        max_length=3, required=False, default=None, allow_null=True, help_text="The country's by default."
    )
    country = TextField(max_length=2, required=False, allow_blank=True, default="", help_text="As in DE.")
    channel = serializers.SlugField(max_length=50, required=False, default="web")


class ManualPriceInputSerializer(Input):
    """A price or discount to set on a line; needs `price_drafts`."""

    kind = EnumField("ManualPriceKind", AbstractManualPrice.Kind.choices)
    value = serializers.DecimalField(
        max_digits=19,
        decimal_places=4,
        help_text="In the draft's currency, or percent; as the shop's prices include tax.",
    )
    reason = TextField(max_length=200, help_text="The order keeps it; customers don't see it.")


class ManualDiscountInputSerializer(ManualPriceInputSerializer):
    """A discount to give on all goods together, after promotions and those of single lines; needs `price_drafts`."""

    kind = EnumField("ManualDiscountKind", [AbstractManualPrice.Kind.PERCENT, AbstractManualPrice.Kind.AMOUNT])


class ChangeDraftSerializer(UpdateCheckoutSerializer):
    """The buyer's answers, and whose the draft is; what isn't given stays. Consents are the buyer's own to give."""

    consents = None  # type: ignore[assignment]
    customer = serializers.UUIDField(required=False, allow_null=True, help_text="Null for a stranger.")
    title = TextField(max_length=200, required=False, allow_blank=True)
    currency = TextField(max_length=3, required=False)
    country = TextField(max_length=2, required=False, allow_blank=True)
    manual_discount = ManualDiscountInputSerializer(required=False, allow_null=True, help_text="Null: none any more.")


class AddDraftLineSerializer(AddLineSerializer):
    """Units of a variant, and what they cost where staff decide it."""

    manual_price = ManualPriceInputSerializer(required=False, allow_null=True, default=None)


class ChangeDraftLineSerializer(Input):
    """A line's quantity, and what it costs; what isn't given stays."""

    quantity = CountField(required=False, min_value=0, max_value=_UNITS, help_text="0 removes the line.")
    manual_price = ManualPriceInputSerializer(
        required=False, allow_null=True, help_text="Null: what it costs everybody."
    )


class LinkWantedSerializer(Input):
    """A link by which the customer pays."""

    mail = TruthField(default=True, help_text="Write it to the order's address.")
    days = CountField(default=None, allow_null=True, min_value=1, max_value=90, help_text="The shop's own by default.")


class ReceiptSerializer(Input):
    """Money for the whole order that was received already; needs `book_by_hand`, and an offline payment method."""

    reference = TextField(max_length=150, help_text="Of the receipt or transfer.")
    reason = TextField(max_length=150)


class PlaceDraftSerializer(Input):
    """How a draft becomes an order."""

    expected_total = MoneyField(
        required=False, allow_null=True, default=None, help_text="As it was seen; another total is refused with 409."
    )
    language = TextField(
        max_length=10, required=False, allow_blank=True, default="", help_text="Of mail, where the customer has none."
    )
    link = LinkWantedSerializer(required=False, allow_null=True, default=None)
    receipt = ReceiptSerializer(required=False, allow_null=True, default=None)

    def validate_language(self, value: str) -> str:
        """One of the project's."""
        if value and value not in dict(settings.LANGUAGES):
            raise serializers.ValidationError("This shop isn't available in this language.")
        return value


class DraftPreviewSerializer(Shape):
    """The outcome of placing a draft."""

    before = Nested("staff.OrderMoney", allow_null=True, help_text="Of the order that it replaces; null for none.")
    after = Nested("staff.OrderMoney")
    difference = serializers.SerializerMethodField(
        help_text="More, or less, that is owed; null where nothing is replaced."
    )
    payments = NestedPayment(
        many=True,
        help_text="Of the replaced order: they are cancelled at their providers first. Null for who may not view payments.",
    )

    @extend_schema_field(MoneyField(allow_null=True))
    def get_difference(self, preview: Any) -> Any:
        """In the new order's currency."""
        return None if preview.difference is None else written(preview.difference, preview.after.currency)


class PlacedDraftSerializer(Shape):
    """An order that was made of a draft."""

    order = Nested("staff.OrderSummary")
    payment = NestedPayment(allow_null=True)
    link = Nested("staff.PayLink", needs="tradepost_payments", allow_null=True)
