"""The checkout: what is needed, what was said, what is on offer."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from tradepost.api.money import MoneyField
from tradepost.checkout.services import CheckoutView
from tradepost.checkout.tax_ids import check_of
from tradepost.shipping.services import estimate

from .base import Input, Nested, Shape
from .basket import LeftOutSerializer
from .fields import TextField, TruthField, UtcField

__all__ = [
    "AddressSerializer",
    "ArrivalSerializer",
    "CheckoutSerializer",
    "CompleteSerializer",
    "CompletionSerializer",
    "PaymentMethodSerializer",
    "PlaceWarningSerializer",
    "ReopenedSerializer",
    "RequirementSerializer",
    "ShippingMethodSerializer",
    "TaxIdCheckSerializer",
    "UpdateCheckoutSerializer",
]


class AddressSerializer(Input):
    """A postal address."""

    name = TextField(required=False, allow_blank=True)
    company = TextField(required=False, allow_blank=True)
    line1 = TextField(required=False, allow_blank=True, help_text="Street and number.")
    line2 = TextField(required=False, allow_blank=True)
    city = TextField(required=False, allow_blank=True)
    region = TextField(required=False, allow_blank=True)
    postcode = TextField(required=False, allow_blank=True)
    country = TextField(required=False, allow_blank=True, help_text="ISO 3166-1 alpha-2, as in DE.")
    phone = TextField(required=False, allow_blank=True)


@extend_schema_field(AddressSerializer)
class _AddressInput(serializers.DictField):
    """Whatever was sent: the address itself says what is wrong with it."""


class RequirementSerializer(Shape):
    """Something that is missing before the order can be placed."""

    code = TextField(help_text="Stable, as in `email_missing`.")
    detail = TextField(source="message")
    attr = TextField(help_text="The field that it is about.")


class PlaceWarningSerializer(Shape):
    """Something in an address to look at once more; it was taken as it is."""

    code = TextField(help_text="Stable: `postcode_unusual`.")
    detail = TextField(source="message", help_text="For who typed it.")
    attr = TextField(help_text="The field that it is about.")


class EstimateSerializer(Shape):
    """The days between which a delivery is expected."""

    earliest = serializers.DateField()
    latest = serializers.DateField()


class ArrivalSerializer(EstimateSerializer):
    """The expected arrival of an order's delivery group (`tradepost.checkout.delivery_dates.Arrival`)."""

    group = TextField(help_text="Empty for the only one.")
    method = TextField()
    earliest = serializers.DateField(source="estimate.earliest")
    latest = serializers.DateField(source="estimate.latest")


class ShippingMethodSerializer(Shape):
    """A way of delivery (`tradepost.shipping.ports.Quote`)."""

    code = TextField()
    name = TextField()
    description = TextField()
    amount = MoneyField(allow_null=True, help_text="Null where it isn't on offer.")
    available = serializers.SerializerMethodField()
    reason = TextField(help_text="Why it isn't on offer.")
    needs_address = TruthField()
    min_days = serializers.IntegerField(allow_null=True)
    max_days = serializers.IntegerField(allow_null=True)
    estimate = serializers.SerializerMethodField(help_text="When it arrives, ordered now; null where it isn't known.")
    needs_point = TruthField(help_text="Whether it goes to a pickup point: see `pickup-points/`.")
    parcels = serializers.IntegerField(help_text="Into how many the goods are packed.")

    def get_available(self, quote: Any) -> bool:
        """Whether it can be chosen."""
        return quote.amount is not None

    @extend_schema_field(EstimateSerializer(allow_null=True))
    def get_estimate(self, quote: Any) -> Any:
        """By working days and the shop's calendar."""
        dates = estimate(quote)
        return EstimateSerializer(dates).data if dates is not None else None


class SaveConsentSerializer(Shape):
    """The text that a customer agrees to when a payment method is saved."""

    version = TextField(help_text="To be sent as `client_input.save_consent` where they agree.")
    text = TextField(help_text="To be shown beside a box that isn't ticked.")


class InputFieldSerializer(Shape):
    """One thing that a payment method wants to know."""

    name = TextField(help_text="Its key in `client_input`.")
    label = TextField()  # type: ignore[assignment]  # a field is no attribute
    hint = TextField()
    kind = TextField(help_text="Of an input, as in HTML: `text`, `tel`, `email`.")
    autocomplete = TextField(help_text="As in HTML.")


class PaymentMethodSerializer(Shape):
    """A way to pay."""

    code = TextField(source="alias")
    name = TextField(source="label")
    description = TextField()
    available = TruthField()
    reason = TextField(help_text="Why it isn't on offer.")
    offline = TruthField(help_text="Paid outside the shop, as by bank transfer.")
    input_fields = InputFieldSerializer(source="fields", many=True, help_text="To be asked for, as `client_input`.")
    save_consent = serializers.SerializerMethodField()

    @extend_schema_field(SaveConsentSerializer(allow_null=True))
    def get_save_consent(self, offer: Any) -> Any:
        """Null where this caller can't save it: only customers who are signed in can, and only by some methods."""
        user = getattr(self.context.get("request"), "user", None)
        if not (offer.saves and user is not None and user.is_authenticated):
            return None
        from tradepost.payments.services import consent

        text = consent()
        return {"version": text.version, "text": text.text}


class DeliverySerializer(Input):
    """The shipping method of a delivery group."""

    group = TextField(allow_blank=True, max_length=40, default="", help_text="Empty for the only one.")
    method = TextField(max_length=50)
    point = TextField(allow_blank=True, max_length=50, default="", help_text="Code of a pickup point; empty for none.")


class PaymentShareSerializer(Input):
    """The amount paid by one method."""

    method = TextField(max_length=50)
    amount = MoneyField(required=False, allow_null=True, default=None, help_text="Null for the rest.")


class TaxIdCheckSerializer(Shape):
    """The result of checking a tax ID (`tradepost.pricing.tax.ports.TaxIdCheck`)."""

    valid = TruthField(allow_null=True, help_text="Null where it couldn't be checked.")
    method = TextField(help_text="How it was checked: `format`, `checksum`, a register's name.")
    at = UtcField()


class CheckoutSerializer(Shape):
    """All that a checkout page shows."""

    basket = serializers.UUIDField(source="basket.uuid")
    email = TextField(source="checkout.email")
    phone = TextField(source="checkout.phone")
    shipping_address = Nested("checkout.Address", source="checkout.ship_to", allow_null=True)
    billing_address = serializers.SerializerMethodField(help_text="Null where it is the shipping address.")
    tax_id = TextField(source="checkout.tax_id")
    tax_id_check = serializers.SerializerMethodField(help_text="Null until it is checked.")
    note = TextField(source="checkout.note")
    consents = serializers.DictField(source="checkout.consents", child=TextField())
    shipping_method = TextField(source="checkout.shipping_method")
    pickup_point = Nested("shipping.PickupPoint", source="point", allow_null=True)
    payment_method = TextField(source="checkout.payment_method")
    deliveries = serializers.SerializerMethodField()
    payments = serializers.SerializerMethodField()
    totals = Nested("basket.Totals")
    requirements = Nested("checkout.Requirement", many=True)
    warnings = Nested(
        "checkout.PlaceWarning",
        many=True,
        help_text="What looks unusual in the addresses, as in `shipping_address.postcode`; nothing is refused for it.",
    )
    shipping_methods = Nested("checkout.ShippingMethod", many=True, source="shipping")
    payment_methods = Nested("checkout.PaymentMethod", many=True, source="payments")
    can_complete = TruthField()

    @extend_schema_field(AddressSerializer(allow_null=True))
    def get_billing_address(self, view: CheckoutView) -> Any:
        """Only where one was given."""
        return view.checkout.billing_address or None

    @extend_schema_field(TaxIdCheckSerializer(allow_null=True))
    def get_tax_id_check(self, view: CheckoutView) -> Any:
        """Of the id as it stands."""
        check = check_of(view.basket, view.checkout)
        return TaxIdCheckSerializer(check).data if check is not None else None

    @extend_schema_field(DeliverySerializer(many=True))
    def get_deliveries(self, view: CheckoutView) -> Any:
        """One for each delivery group that has a method."""
        chosen = view.checkout.choices.items()
        return [{"group": group, "method": how.method, "point": how.point} for group, how in chosen]

    @extend_schema_field(PaymentShareSerializer(many=True))
    def get_payments(self, view: CheckoutView) -> Any:
        """As they were chosen."""
        currency = view.totals.currency
        return [
            {
                "method": entry["method"],
                "amount": {"amount": entry["amount"], "currency": currency} if entry["amount"] else None,
            }
            for entry in view.checkout.payments
        ]


class UpdateCheckoutSerializer(Input):
    """The buyer's answers. Fields that aren't given stay as they are."""

    email = TextField(required=False, allow_blank=True, max_length=254)
    phone = TextField(required=False, allow_blank=True, max_length=40)
    shipping_address = _AddressInput(required=False, allow_null=True)
    billing_address = _AddressInput(required=False, allow_null=True, help_text="Null: the shipping address.")
    shipping_method = TextField(required=False, allow_blank=True, max_length=50)
    pickup_point = TextField(
        required=False, allow_blank=True, max_length=50, help_text="Code of a point of the shipping method."
    )
    payment_method = TextField(required=False, allow_blank=True, max_length=50)
    deliveries = DeliverySerializer(many=True, required=False)
    payments = PaymentShareSerializer(many=True, required=False)
    tax_id = TextField(
        required=False,
        allow_blank=True,
        max_length=40,
        help_text="Checked; a wrong one is refused (`tax_id_invalid`).",
    )
    note = TextField(required=False, allow_blank=True, max_length=2000)
    consents = serializers.DictField(
        child=TextField(max_length=40, allow_null=True),
        required=False,
        help_text='Version by document: `{"terms": "3"}`. Others stay; null takes one back.',
    )


class CompleteSerializer(UpdateCheckoutSerializer):
    """The total that the buyer saw, the input of the payment method's form, and any answers that the checkout still needs."""

    expected_total = MoneyField(help_text="As the page showed it; another total is refused with 409.")
    client_input = serializers.DictField(required=False, default=dict, help_text="Of the payment method's own form.")
    return_url = TextField(
        required=False,
        allow_blank=True,
        default="",
        max_length=1000,
        trim_whitespace=False,
        help_text="Where the provider sends the browser; `{payment}` in it becomes the payment's UUID.",
    )


class CompletionSerializer(Shape):
    """A placed order, and what its buyer does next."""

    order = Nested("orders.Order")
    token = TextField(
        help_text="A guest's key to the order; empty for a customer's, and for a stranger who asks again."
    )
    payment = Nested("payments.Payment", needs="tradepost_payments", allow_null=True)
    payments = Nested("payments.Payment", needs="tradepost_payments", many=True)
    error = Nested("api.ErrorEntry", allow_null=True, help_text="Why a payment could not be started: pay another way.")


class ReopenedSerializer(Shape):
    """An order that was taken back to its basket."""

    basket = serializers.UUIDField()
    order = TextField(help_text="Number of the cancelled order.")
    left_out = LeftOutSerializer(many=True)
