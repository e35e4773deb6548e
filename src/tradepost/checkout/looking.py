"""A look at a checkout: what it costs, what is on offer, what is missing. Changes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.apps import apps

from tradepost.basket import services as baskets
from tradepost.basket.base import AbstractBasket
from tradepost.basket.services import BasketView
from tradepost.basket.snapshots import Terms
from tradepost.pricing.document import Totals
from tradepost.pricing.ports import Place
from tradepost.pricing.taxids import compact
from tradepost.shipping import services as shipping
from tradepost.shipping.ports import Quote

from . import conf
from .base import AbstractCheckout
from .models import Checkout
from .ports import Requirement, Situation
from .taxids import check_of

if TYPE_CHECKING:
    from tradepost.payments.services import MethodOffer
    from tradepost.shipping.base import AbstractPickupPoint

__all__ = ["CheckoutView", "checkout_of", "look", "payments_installed", "point_of", "terms_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckoutView:
    """All that a checkout page shows; ``contents`` has the lines with what is left of each in stock, ``point`` is the chosen
    pickup point, if it still is one.
    """

    contents: BasketView
    checkout: AbstractCheckout
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
        left = {line.line.variant_id: line.available for line in self.contents.lines}
        return {pk: left[pk] or 0 for pk, units in self.contents.demand.items() if units > (left[pk] or 0)}

    @property
    def can_complete(self) -> bool:
        """Whether an order can be placed now, as far as can be seen without a lock."""
        return not self.requirements


def payments_installed() -> bool:
    """Whether the shop takes payments at all."""
    return "tradepost_payments" in apps.app_configs


def checkout_of(basket: AbstractBasket) -> AbstractCheckout:
    """What the buyer has said so far; an unsaved empty one before that. A customer's e-mail and tax id stand in for them."""
    found = Checkout.objects.filter(basket_id=basket.pk).first() or Checkout(basket_id=basket.pk)
    if basket.customer is not None:
        found.email = found.email or basket.customer.email
        found.tax_id = found.tax_id or compact(basket.customer.tax_id)
    return found


def point_of(checkout: AbstractCheckout) -> AbstractPickupPoint | None:
    """The chosen pickup point, if it is one of the chosen method; one query where one is chosen, else none."""
    return shipping.pickup_point(checkout.shipping_method, checkout.pickup_point)


def terms_of(basket: AbstractBasket, checkout: AbstractCheckout, point: AbstractPickupPoint | None = None) -> Terms:
    """What the calculation needs of a checkout: where to, how, paid by what.

    Args:
        point: Where the parcel waits; it is delivered there, and not to the buyer's address.
    """
    address = point.as_postal() if point is not None else checkout.ship_to or checkout.bill_to
    place = Place(address.country, address.region, address.postcode) if address else Place(basket.country)
    return Terms(
        destination=place,
        shipping_methods={group: choice.method for group, choice in checkout.choices.items()},
        payment_method=checkout.payment_method,
        email=checkout.email,
        tax_id=checkout.tax_id,
        tax_id_check=check_of(basket, checkout),
    )


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
    from tradepost.payments.ports import Price

    return payments.methods(Price(totals.total, totals.currency), country=country)
