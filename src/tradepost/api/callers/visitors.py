"""For whom prices are shown: what a request says of currency and country, and who is signed in."""

from __future__ import annotations

from typing import Any

from tradepost import browse
from tradepost.core.actors import Actor, By
from tradepost.core.addresses.countries import read_country
from tradepost.customers.services import find_customer
from tradepost.pricing.ports import Place
from tradepost.pricing.services import check_currency, currency_for

__all__ = ["buyer", "country_of", "sees_promotions", "visitor_of"]


def visitor_of(request: Any) -> browse.Visitor:
    """The visitor behind a request.

    Raises:
        Invalid: A currency or country that can't be.
    """
    customer = find_customer(request.user) if request.user.is_authenticated else None
    params = request.query_params
    country = country_of(params.get("country", ""))
    currency = check_currency(params.get("currency", "").upper() or currency_for(country))
    return browse.Visitor(currency=currency, place=Place(country), customer=customer)


def country_of(text: str) -> str:
    """An ISO 3166-1 alpha-2 code in capitals; empty for empty.

    Raises:
        Invalid: There is no such country.
    """
    return read_country(text)


def buyer(request: Any, *, label: str = "") -> By:
    """The customer who acts through these endpoints, even where they are staff, whose own surface is another."""
    user = request.user
    return By(Actor.CUSTOMER, user.pk if user.is_authenticated else None, label or str(user.get_username()))


def sees_promotions(user: Any) -> bool:
    """Whether somebody is staff who may see all promotions, so that no reason is kept from them."""
    return bool(user.is_staff and user.has_perm("tradepost_promotions.view_promotion"))
