"""Orders of the last months, placed and paid through the same services that the shop calls."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from django.test.utils import override_settings
from django.utils import timezone

from tradepost.basket import services as baskets
from tradepost.catalogue.models import Variant
from tradepost.checkout import services as checkout
from tradepost.checkout.services.reopen import expire
from tradepost.core.actors import Actor, By
from tradepost.core.dates import clock
from tradepost.core.errors import TradepostError
from tradepost.core.money import quantise
from tradepost.customers.models import Address
from tradepost.fulfilment import services as fulfilment
from tradepost.orders import services as orders
from tradepost.orders.models import Order, OrderEvent
from tradepost.payments import services
from tradepost.payments.interface import (
    DisputeInfo,
    DisputeStatus,
    Result,
    Status,
)
from tradepost.payments.models import Payment, Transaction
from tradepost.payments.services import settle

from .year import FIRST, fill_year

__all__ = ["ORDERS", "place_orders"]

STAFF = By(Actor.STAFF, label="staff")
# What becomes of an order, and how often; the number is of days that it must be old at least.
STORIES = (
    *[("delivered", 20)] * 18,
    *[("shipped", 2)] * 5,
    *[("paid", 0)] * 5,
    *[("processing", 1)] * 3,
    *[("part_shipped", 2)] * 2,
    *[("transfer_waiting", 0)] * 3,
    *[("transfer_paid", 4)] * 2,
    *[("transfer_too_much", 1)] * 1,
    *[("cash", 1)] * 3,
    *[("declined", 0)] * 1,
    *[("expired", 3)] * 3,
    *[("cancelled", 5)] * 3,
    *[("part_refunded", 15)] * 2,
    *[("held", 1)] * 1,
    *[("disputed", 4)] * 1,
)
ORDERS = len(STORIES)
ABROAD = (
    ("USD", ("Grace Miller", "218 Maple Street", "97205", "Portland", "US", "OR")),
    ("USD", ("Sam Ortega", "40 Harbor Road", "04101", "Portland", "US", "ME")),
    ("JPY", ("Haruka Mori", "3-8-1 Kita-Aoyama", "107-0061", "Tokyo", "JP")),
)


@dataclass(frozen=True, slots=True)
class Buyer:
    """Somebody who orders, with an account or without."""

    customer: Any
    email: str
    address: dict[str, str]
    currency: str = "EUR"


def place_orders(tick: Callable[[], None]) -> None:
    """Place and move all of them, the oldest first; the same ones at every load."""
    random = Random(7)
    buyers = _buyers()
    variants = list(
        Variant.objects.with_product().public().filter(stock_levels__on_hand__gte=12).order_by("sku").distinct()
    )
    plan = sorted(((_age(random, number, *story), story[0]) for number, story in enumerate(STORIES)), reverse=True)
    with _quiet():
        is_filled = False
        for age, story in plan:
            if age < FIRST and not is_filled:
                fill_year(buyers)
                is_filled = True
            moment = timezone.now() - timedelta(days=age)
            _Order(random, random.choice(buyers), variants, moment).tell(story)
            tick()


def _age(random: Random, number: int, story: str, least: int) -> float:
    """Days ago: those that are over are a year old, and copied over the year since; the others are of these days."""
    if least >= 15 or (story in ("cancelled", "expired") and number % 2):
        return random.uniform(FIRST, FIRST + 6)
    return random.uniform(least + 0.2, least + 4)


def _quiet() -> AbstractContextManager[None]:
    """No mail is written for orders of long ago."""
    return override_settings(EMAIL_BACKEND="django.core.mail.backends.dummy.EmailBackend")


def _buyers() -> list[Buyer]:
    buyers = [
        Buyer(address.customer, address.customer.email, address.as_postal().as_dict())
        for address in Address.objects.select_related("customer").order_by("pk")
    ]
    guests = [
        Buyer(None, f"{address[0].split()[0].lower()}@mail.example", _as_address(address), currency)
        for currency, address in ABROAD
    ]
    mine = [buyer for buyer in buyers if buyer.customer.user_id]
    return [*buyers, *mine[:1] * 4, *guests]  # who signs in for a look shall find some


def _as_address(lines: Sequence[str]) -> dict[str, str]:
    """State or province stand last, where an address has one."""
    return dict(zip(("name", "line1", "postcode", "city", "country", "region"), lines, strict=False))


class _Order:
    """One order from the basket to its end."""

    def __init__(self, random: Random, buyer: Buyer, variants: Sequence[Variant], moment: datetime) -> None:
        self.random, self.buyer, self.variants = random, buyer, variants
        self.moment, self.begun = moment, timezone.now()
        self.order: Any = None

    def tell(self, story: str) -> None:
        """Let it happen."""
        method = "transfer" if story.startswith("transfer_") else "cash" if story == "cash" else "card"
        if method == "cash" and self.buyer.address["country"] != "DE":
            method = "card"
        scenario = {"declined": "decline", "expired": "requires_redirect"}.get(story, "success")
        lines = self.random.choice((2, 3, 4) if story == "part_shipped" else (1, 1, 2, 2, 3, 4))
        self._later(hours=0, act=lambda: self._place(method, scenario, lines))
        getattr(self, f"_{story}", lambda: None)()

    def _later(self, act: Callable[[], object], *, hours: float) -> None:
        """Do something some hours later; what it writes bears that time."""
        self.moment = min(self.moment + timedelta(hours=hours), timezone.now())
        with clock.at(self.moment):
            act()
        pk = self.order.pk
        fresh = {"created_at__gte": self.begun}
        Order.objects.filter(pk=pk, **fresh).update(created_at=self.moment)
        OrderEvent.objects.filter(order=pk, **fresh).update(created_at=self.moment)
        Payment.objects.filter(order=pk, **fresh).update(created_at=self.moment)
        Transaction.objects.filter(payment__order=pk, **fresh).update(created_at=self.moment)
        self.order = Order.objects.get(pk=pk)

    # --- steps

    def _place(self, method: str, scenario: str, lines: int) -> None:
        buyer = self.buyer
        basket: Any
        if buyer.customer is not None:
            basket = baskets.basket_of(buyer.customer, currency=buyer.currency)
        else:
            basket = baskets.open_basket(currency=buyer.currency, country=buyer.address["country"])
        for variant in self.random.sample(self.variants, lines):
            baskets.add(basket, variant, self.random.choice((1, 1, 1, 2, 2, 4)))
        if buyer.currency == "EUR" and self.random.random() < 0.15:
            self._try_coupon(basket)
        view = checkout.update(basket, email=buyer.email, shipping_address=buyer.address, payment_method=method)
        offered = [quote for quote in view.shipping if quote.amount is not None]
        checkout.update(basket, shipping_method=self.random.choice(offered[:2]).code)
        visit = checkout.Visit(
            client_input={"scenario": scenario}, return_url="http://127.0.0.1:8000/payments/{payment}/return/"
        )
        done = checkout.complete(basket, visit)
        self.order = done.order

    @staticmethod
    def _try_coupon(basket: Any) -> None:
        try:
            baskets.add_coupon(basket, "WELCOME10")
        except TradepostError:  # used before; so it goes in shops
            return

    def _apply(self, transition: str, reason: str = "") -> None:
        orders.apply(self.order, transition, by=STAFF, reason=reason)

    def _ship(self, share: float = 1) -> None:
        rest = fulfilment.left_to_ship(self.order)
        units = {line: max(1, int(quantity * share)) for line, quantity in rest.items()}
        if share < 1:
            units = dict(list(units.items())[:1])
        number = f"HH{self.order.pk:08d}"
        self.shipment = fulfilment.ship_now(self.order, units, by=STAFF, carrier="Parcel post", tracking_number=number)

    # --- stories

    def _processing(self) -> None:
        self._later(lambda: self._apply("start_processing"), hours=6)

    def _shipped(self) -> None:
        self._processing()
        self._later(self._ship, hours=20)

    def _part_shipped(self) -> None:
        self._processing()
        self._later(lambda: self._ship(0.5), hours=20)

    def _delivered(self) -> None:
        self._shipped()
        self._later(lambda: fulfilment.deliver(self.shipment, by=STAFF), hours=50)
        self._later(lambda: self._apply("complete"), hours=14 * 24)

    def _transfer_paid(self) -> None:
        self._later(lambda: services.capture(self._payment(), by=STAFF), hours=40)
        self._shipped()

    def _transfer_too_much(self) -> None:
        much = quantise(self.order.total * 2, self.order.currency)
        self._later(lambda: services.capture(self._payment(), much, by=STAFF), hours=20)

    def _disputed(self) -> None:
        self._later(self._tell_of_a_dispute, hours=60)

    def _tell_of_a_dispute(self) -> None:
        payment = self._payment()
        dispute_info = DisputeInfo(
            provider_ref=f"dispute-{payment.reference}",
            amount=payment.amount,
            currency=payment.currency,
            status=DisputeStatus.NEEDS_RESPONSE,
            reason="goods_not_received",
            evidence_due=timezone.now() + timedelta(days=2),
        )
        settle(payment, Result(status=Status.CAPTURED, disputes=[dispute_info]))

    def _cash(self) -> None:
        self._processing()

    def _expired(self) -> None:
        self._later(lambda: expire(self.order), hours=3)

    def _cancelled(self) -> None:
        self._later(lambda: self._apply("cancel", "The customer changed their mind."), hours=8)

    def _part_refunded(self) -> None:
        self._delivered()
        back = quantise(self.order.total / 5, self.order.currency)
        self._later(
            lambda: services.refund(self._payment(), back, by=STAFF, reason="Arrived with a scratch."), hours=24
        )

    def _held(self) -> None:
        self._later(lambda: orders.hold(self.order, "address", by=STAFF, reason="The street doesn't exist."), hours=2)

    def _payment(self) -> Any:
        return Payment.objects.filter(order=self.order).latest("pk")
