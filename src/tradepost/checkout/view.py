"""A look at a checkout: what it costs, what is on offer, what is missing. Changes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.apps import apps

from tradepost.basket import services as baskets
from tradepost.basket.base import AbstractBasket
from tradepost.basket.services import BasketView
from tradepost.basket.totals.snapshots import Terms
from tradepost.core.addresses import PostalAddress
from tradepost.core.addresses.place_warnings import PlaceWarning, place_warnings
from tradepost.pricing.document import Totals
from tradepost.shipping.ports import Quote

from . import conf
from .base import AbstractCheckout
from .buyer import checkout_of, point_of, terms_of
from .ports import Requirement, Situation

if TYPE_CHECKING:
    from tradepost.payments.services import MethodOffer
    from tradepost.shipping.base import AbstractPickupPoint

__all__ = ["CheckoutView", "checkout_of", "look", "payments_installed", "point_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckoutView:
    """All that a checkout page shows.

    Attributes:
        contents: The lines, with what is left of each in stock.
        terms: On which they were calculated: where to, for whom, how delivered.
        point: The chosen pickup point, if it still is one.
    """

    contents: BasketView
    checkout: AbstractCheckout
    terms: Terms
    totals: Totals
    requirements: Sequence[Requirement]
    shipping: Sequence[Quote]
    point: AbstractPickupPoint | None
    payments: Sequence[MethodOffer]
    ships: bool

    @property
    def basket(self) -> AbstractBasket:
        """Whose checkout it is."""
        return self.contents.basket

    @property
    def short(self) -> dict[int, int]:
        """Of variants that there isn't enough of, by id: the units that are left. Seen without a lock."""
        available = {line.line.variant_id: line.available for line in self.contents.lines}
        return {pk: available[pk] or 0 for pk, units in self.contents.demand.items() if units > (available[pk] or 0)}

    @property
    def needs_payment(self) -> bool:
        """Whether something is to be paid here."""
        return payments_installed() and bool(self.totals.total)

    @property
    def warnings(self) -> list[PlaceWarning]:
        """Of the addresses that were given, what looks unusual; ``attr`` is as in ``shipping_address.postcode``."""
        given = {
            name: PostalAddress.stored(getattr(self.checkout, name)) for name in ("shipping_address", "billing_address")
        }
        return [warning for name, address in given.items() if address for warning in place_warnings(address, attr=name)]

    @property
    def can_complete(self) -> bool:
        """Whether an order can be placed now, as far as can be seen without a lock."""
        return not self.requirements


def payments_installed() -> bool:
    """Whether the shop takes payments at all."""
    return "tradepost_payments" in apps.app_configs


def look(basket: AbstractBasket, checkout: AbstractCheckout | None = None) -> CheckoutView:
    """A look at a basket's checkout; the basket and all rules are loaded once, in a constant number of queries.

    Args:
        basket: In any state.
        checkout: Its checkout, where the caller has it already.
    """
    checkout = checkout or checkout_of(basket)
    point = point_of(checkout)
    terms = terms_of(basket, checkout, point)
    contents = baskets.read(basket, terms, shipping=True)
    totals = contents.totals
    offers = _offers(totals, terms.destination.country)
    situation = Situation(
        basket=basket,
        checkout=checkout,
        totals=totals,
        shipping=contents.quotes,
        point=point,
        payment_methods={offer.alias: offer.reason for offer in offers},
        needs_payment=payments_installed() and totals.total != 0,
        ships=any(line.item.is_shipped for line in totals.lines),
    )
    return CheckoutView(
        contents=contents,
        checkout=checkout,
        terms=terms,
        totals=totals,
        shipping=contents.quotes,
        point=point,
        payments=offers,
        ships=situation.ships,
        requirements=[requirement for step in conf.steps() for requirement in step(situation)],
    )


def _offers(totals: Totals, country: str) -> Sequence[MethodOffer]:
    if not payments_installed() or totals.total is None or totals.total <= 0:
        return ()
    from tradepost.payments import services as payments
    from tradepost.payments.interface import Price

    return payments.methods(Price(totals.total, totals.currency), country=country)
