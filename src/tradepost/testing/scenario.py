"""A shop's story in one line: ``Scenario().basket(lines=3).coupon("SPRING").paid()``.

Everything is done by the library's services with the models of the project, replaced ones included, so that an order of a
scenario is what a customer's order would be. They are paid by the method of
:func:`~tradepost.testing.gateways.scripted`; what touches their payments later (a refund, a capture, expiry) runs inside
``with scripted():``, too.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Self

from django.apps import apps

from tradepost.basket import services as baskets
from tradepost.basket.base import AbstractBasket
from tradepost.basket.models import Basket
from tradepost.catalogue.models import Variant
from tradepost.checkout import services as checkout
from tradepost.checkout.services import CheckoutView, Visit
from tradepost.core.actors import Actor, By
from tradepost.customers.base import AbstractCustomer
from tradepost.orders.base import AbstractOrder
from tradepost.orders.models import Order
from tradepost.pricing import conf as pricing
from tradepost.promotions.models import PercentageOff
from tradepost.shipping.models import FlatRate

from . import factories as make
from .placed import pay

__all__ = ["ADDRESS", "Scenario"]

ADDRESS = {"name": "Ada Lovelace", "line1": "1 Harbour Road", "city": "Berlin", "postcode": "10115", "country": "DE"}
STAFF = By(Actor.STAFF, label="test")


class Scenario:
    """A purchase, step by step; the last word gives the order.

    Args:
        customer: Who buys; a guest, if nobody is given.
        currency: The shop's own, if none is given.
        address: Where the goods go: fields of :class:`~tradepost.core.addresses.PostalAddress` over :data:`ADDRESS`.

    Attributes:
        variants: What :meth:`basket` put in.
    """

    def __init__(self, *, customer: AbstractCustomer | None = None, currency: str = "", **address: str) -> None:
        self.variants: list[Variant] = []
        self._customer = customer
        self._currency = currency or pricing.settings().CURRENCY
        self._said: dict[str, Any] = {"email": "ada@example.com", "shipping_address": {**ADDRESS, **address}}
        self._basket: AbstractBasket | None = None

    def basket(self, *variants: Variant, lines: int = 1, quantity: int = 1, price: str | Decimal = "10.00") -> Self:
        """Put goods into the basket.

        Args:
            variants: These, as they are; if none is given, new ones are made, in stock.
            lines: How many new ones.
            quantity: Units of each.
            price: Of one unit of a new one, in major units of the scenario's currency.
        """
        goods = list(variants) or [self._goods(price) for _ in range(lines)]
        for variant in goods:
            baskets.add(self.opened(), variant, quantity)
        self.variants += goods
        return self

    def coupon(self, code: str = "WELCOME", *, percent: str | Decimal | None = "10") -> Self:
        """Redeem a coupon.

        Args:
            code: Of the coupon.
            percent: Off each line, by a promotion that is made for it; ``None`` for a coupon that is there already.
        """
        if percent is not None:
            promotion = make.promotion(coupon=code)
            PercentageOff.objects.create(promotion=promotion, percent=Decimal(percent))
        baskets.add_coupon(self.opened(), code)
        return self

    def says(self, **values: Any) -> Self:
        """The buyer's answers at the checkout: arguments of :func:`tradepost.checkout.services.update`."""
        self._said.update(values)
        return self

    def opened(self) -> AbstractBasket:
        """The basket, as it is now."""
        if self._basket is None:
            buyer, currency = self._customer, self._currency
            self._basket = (
                baskets.basket_of(buyer, currency=currency) if buyer else baskets.open_basket(currency=currency)
            )
        return Basket.objects.select_related("customer").get(pk=self._basket.pk)

    def ready(self) -> AbstractBasket:
        """The basket, with all that its checkout needs said."""
        basket = self.opened()
        view = checkout.update(basket, **self._said)
        if view.ships and "shipping_method" not in self._said and "deliveries" not in self._said:
            checkout.update(basket, shipping_method=self._delivery(view))
        return self.opened()

    def placed(self) -> AbstractOrder:
        """The order, not paid yet, unless it costs nothing or the buyer said how they pay.

        Raises:
            RequirementsUnmet: The project's checkout asks for more; say it with :meth:`says`.
        """
        return self._place("waiting")

    def paid(self) -> AbstractOrder:
        """The order, paid in full and confirmed. Its durable events wait for :func:`tradepost.testing.deliver_events`.

        Raises:
            RequirementsUnmet: As for :meth:`placed`.
            AssertionError: The payment method that the buyer named didn't take the money.
        """
        order = self._place("captured")
        if not apps.is_installed("tradepost.payments"):
            order = pay(Order.objects.get(pk=order.pk))
        assert not order.allows.awaits_payment, f"{order.number} isn't paid: it is {order.stage}"
        return order

    def shipped(self) -> AbstractOrder:
        """The order, paid, and all of it on its way in one parcel."""
        from tradepost.fulfilment import services as fulfilment

        order = self.paid()
        units = {line: quantity for line, quantity in fulfilment.left_to_ship(order).items() if quantity}
        fulfilment.ship_now(order, units, by=STAFF)
        return Order.objects.get(pk=order.pk)

    def _place(self, outcome: str) -> AbstractOrder:
        if not apps.is_installed("tradepost.payments") or self._said.keys() & {"payment_method", "payments"}:
            return self._complete()
        from .gateways import ALIAS, captured, scripted, waiting

        with scripted() as gateway:
            self.says(payment_method=ALIAS)
            if baskets.totals(self.ready()).total != 0:
                gateway.play(captured if outcome == "captured" else waiting)
            return self._complete()

    def _complete(self) -> AbstractOrder:
        placed = checkout.complete(self.ready(), Visit()).order
        return Order.objects.get(pk=placed.pk)

    def _goods(self, price: str | Decimal) -> Variant:
        """Something in stock, on a price list of the scenario's currency and the shop's basis."""
        includes_tax = pricing.settings().PRICES_INCLUDE_TAX
        code = self._currency.lower() if includes_tax else f"{self._currency.lower()}-net"
        prices = make.price_list(code, currency=self._currency, includes_tax=includes_tax)
        variant = make.variant(on_hand=1000)
        make.price(variant, price, price_list=prices)
        return variant

    def _delivery(self, view: CheckoutView) -> str:
        """The first method on offer that goes to the door; one that costs nothing is made, where none is."""
        for quote in view.shipping:
            if quote.amount is not None and not quote.needs_point:
                return quote.code
        values = {"name": "Scenario", "currency": self._currency, "amount": Decimal(0)}
        code = f"scenario-{self._currency.lower()}"
        return str(FlatRate.objects.get_or_create(code=code, defaults=values)[0].code)
