"""Links to pay an order later."""

from __future__ import annotations

from tradepost.api.money import MoneyField

from ..base import Input, Nested, Shape
from ..fields import CountField, TextField, TruthField, UtcField

__all__ = ["MadeLinkSerializer", "PayLinkSerializer", "RequestPaymentSerializer"]


class RequestPaymentSerializer(Input):
    """A request by staff that a customer pays an order."""

    order = TextField(max_length=40, help_text="Its number.")
    days = CountField(
        default=None, allow_null=True, min_value=1, max_value=90, help_text="The shop's own number of days by default."
    )
    mail = TruthField(default=True, help_text="Write it to the order's address.")


class MadeLinkSerializer(Shape):
    """A link, for who hands it over by another way than mail."""

    url = TextField(help_text="Of the storefront.")
    token = TextField(help_text="For `pay/?token=`, where the shop has a front end of its own.")
    expires_at = UtcField()


class PayLinkSerializer(Shape):
    """View a payment link."""

    order = TextField(source="order.number")
    status = TextField(source="order.status")
    total = MoneyField(source="order.total")
    left = MoneyField(help_text="To be paid now.")
    methods = Nested("checkout.PaymentMethod", many=True)
