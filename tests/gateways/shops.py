"""A shop with one provider's fake: payments in the states that a test begins with, and both sides' books compared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from tests.fakes.loopback import Sums
from tests.fakes.providers import Provider, delivery
from tradepost.core import db
from tradepost.orders.models import Order
from tradepost.payments import ledger, services
from tradepost.payments.base import AbstractPayment
from tradepost.payments.interface import WebhookRequest
from tradepost.payments.models import Payment
from tradepost.testing import placed

__all__ = ["BACK", "TOTAL", "Shop"]

TOTAL = Decimal(100)
BACK = "https://shop.example/return/"


@dataclass
class Shop:
    """Sells by two methods: ``now`` takes money at once, ``hold`` authorises it first."""

    provider: Provider
    server: Any
    methods: dict[str, Any] = field(init=False)

    def __post_init__(self) -> None:
        now = self.provider.method(self.server)
        self.methods = {"now": now, "hold": {**now, "CONFIRM_ON": "authorised", "CAPTURE": "by_hand"}}

    def opened(self, method: str = "now") -> AbstractPayment:
        """For all of an order, not started."""

        @db.atomic
        def make() -> AbstractPayment:
            order = placed.order(
                placed.line_row(str(TOTAL)),
                reserve=False,
                currency=self.provider.currency,
                expires_at=services.expires_at(method),
            )
            return services.open_payment(order, method=method)

        return make()

    def start(self, payment: AbstractPayment) -> AbstractPayment:
        """The customer presses the button."""
        return services.start(payment, return_url=BACK, client_input=self.provider.client_input)

    def pay(self, payment: AbstractPayment) -> None:
        """The customer's steps at the provider."""
        self.provider.pay(self.server, payment.reference, services.find(payment.uuid).provider_ref or "")

    def paid_there(self, method: str = "now") -> AbstractPayment:
        """The customer has paid, and nobody told us."""
        payment = self.start(self.opened(method))
        self.pay(payment)
        return services.find(payment.uuid)

    def paid(self, method: str = "now") -> AbstractPayment:
        """Captured or authorised, and booked."""
        return services.ask(self.paid_there(method))

    def returned(self, payment: AbstractPayment) -> dict[str, str]:
        """Parameters that the browser brings back."""
        return dict(self.provider.returned(self.server, payment.reference, payment.provider_ref or ""))

    def deliveries(self) -> Sequence[WebhookRequest]:
        """The provider's deliveries now."""
        entries: list[WebhookRequest] = []
        self.server.deliver(lambda body, proof: entries.append(delivery(body, proof)))
        return entries

    def sums(self, payment: AbstractPayment) -> Sums:
        """The provider's."""
        return self.provider.sums(self.server, payment.reference)

    def agrees(self, payment: AbstractPayment) -> Sums:
        """The provider's sums, after it was asserted that our ledger and the order have the same."""
        payment = Payment.objects.select_related("order").get(pk=payment.pk)
        theirs, ours = self.sums(payment), ledger.balance_of(payment)
        assert (ours.authorised, ours.captured, ours.refunded) == (theirs.authorised, theirs.captured, theirs.refunded)
        order: Order = payment.order
        all_of_it = [ledger.balance_of(each) for each in Payment.objects.of_order(order.pk)]
        assert order.amount_authorised == sum(each.authorised for each in all_of_it)
        assert order.amount_captured == sum(each.captured for each in all_of_it)
        assert order.amount_refunded == sum(each.refunded for each in all_of_it)
        return theirs
