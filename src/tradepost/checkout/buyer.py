"""The known facts about a buyer: the one context that totals are made in, wherever they are shown."""

from __future__ import annotations

from django.db import connections

from tradepost.basket.base import AbstractBasket
from tradepost.basket.models import Basket
from tradepost.basket.querysets import BasketQuerySet
from tradepost.basket.totals.snapshots import Terms
from tradepost.pricing.ports import Place
from tradepost.pricing.tax.tax_ids import compact
from tradepost.shipping import services as shipping
from tradepost.shipping.base import AbstractPickupPoint

from .base import AbstractCheckout
from .models import Checkout
from .tax_ids import check_of

__all__ = ["CheckoutTerms", "checkout_of", "known_checkout", "point_of", "terms_of", "with_buyer"]


class CheckoutTerms:
    """Terms by the answers at the checkout, with what stands in for them (:class:`tradepost.basket.ports.TermsSource`)."""

    def terms(self, basket: AbstractBasket) -> Terms:
        checkout = known_checkout(basket)
        return terms_of(basket, checkout, point_of(checkout))


def with_buyer(rows: BasketQuerySet[Basket]) -> BasketQuerySet[Basket]:
    """Baskets to be locked, with their customers and what these have said so far.

    A database that locks every table of a join is asked for the checkout by another query.
    """
    alone = (
        connections[rows.db].features.has_select_for_update_of
        or not connections[rows.db].features.has_select_for_update
    )
    return rows.select_related("customer", "checkout") if alone else rows.select_related("customer")


def known_checkout(basket: AbstractBasket) -> AbstractCheckout:
    """The checkout that the basket was found with; looked up where it wasn't."""
    if "checkout" not in basket._state.fields_cache:
        return checkout_of(basket)
    checkout: AbstractCheckout = basket._state.fields_cache["checkout"] or Checkout(basket_id=basket.pk)
    return _with_customer(basket, checkout)


def checkout_of(basket: AbstractBasket) -> AbstractCheckout:
    """The buyer's answers so far; an unsaved empty row before that. A customer's e-mail and tax id stand in for them."""
    return _with_customer(basket, Checkout.objects.filter(basket_id=basket.pk).first() or Checkout(basket_id=basket.pk))


def _with_customer(basket: AbstractBasket, checkout: AbstractCheckout) -> AbstractCheckout:
    if basket.customer is not None:
        checkout.email = checkout.email or basket.customer.email
        checkout.tax_id = checkout.tax_id or compact(basket.customer.tax_id)
    return checkout


def point_of(checkout: AbstractCheckout) -> AbstractPickupPoint | None:
    """The chosen pickup point, if it is one of the chosen method; one query where one is chosen, else none."""
    return shipping.pickup_point(checkout.shipping_method, checkout.pickup_point)


def terms_of(basket: AbstractBasket, checkout: AbstractCheckout, point: AbstractPickupPoint | None = None) -> Terms:
    """The terms that a calculation needs of a checkout: destination, delivery, payment.

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
