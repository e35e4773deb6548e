"""Price lists for places."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tradepost.pricing import services
from tradepost.pricing.models import Zone, ZoneArea
from tradepost.pricing.ports import Place, PriceQuote, PriceRequest
from tradepost.testing import factories as make

pytestmark = pytest.mark.django_db


def zone(code: str, *areas: dict[str, str], home: bool = False) -> Zone:
    """A zone of areas."""
    created = Zone.objects.create(code=code, name=code, is_home=home)
    for area in areas:
        ZoneArea.objects.create(zone=created, **area)
    return created


def quote(variant: Any, place: Place) -> PriceQuote:
    """The price for one unit at a place."""
    return services.quote([PriceRequest("key", variant.pk)], services.context(currency="EUR", place=place))[0]


@pytest.mark.parametrize(
    ("place", "source"),
    [
        (Place(), "home"),
        (Place("DE"), "home"),
        (Place("fr"), "france"),
        (Place("FR", postcode="20100"), "corsica"),
        (Place("FR", postcode="75001"), "france"),
        (Place("US"), "eur"),
    ],
)
def test_a_list_may_be_for_places(place: Place, source: str) -> None:
    """By any of its zones; the home zone's while nothing is known; a list without zones is for everywhere."""
    mug = make.variant(price="10.00")
    home = zone("home", {"country": "DE"}, home=True)
    france = zone("france", {"country": "FR"}, {"country": "MC"})
    corsica = zone("corsica", {"country": "FR", "postcode_from": "20000", "postcode_to": "20999"})
    for code, priority, theirs in (("home", 1, home), ("france", 1, france), ("corsica", 2, corsica)):
        price_list = make.price_list(code, priority=priority)
        price_list.zones.add(theirs)
        make.price(mug, "9.00", price_list=price_list)

    assert quote(mug, place) == PriceQuote(
        key="key", amount=Decimal("10.00" if source == "eur" else "9.00"), source=source
    )


def test_places_cost_no_query_of_their_own(django_assert_num_queries: Any) -> None:
    """However many lists and zones there are."""
    mug = make.variant(price="10.00")
    for number, country in enumerate(("DE", "FR", "IT", "ES")):
        price_list = make.price_list(country.lower(), priority=number)
        price_list.zones.set([zone(country, {"country": country}), zone(f"{country}-2", {"country": country})])
        make.price(mug, f"{number + 1}.00", price_list=price_list)
    context = services.context(currency="EUR", place=Place("IT"))

    services.quote([PriceRequest("key", mug.pk)], context)  # what is kept in the process is there then
    with django_assert_num_queries(2):  # versions, prices
        [found_quote] = services.quote([PriceRequest("key", mug.pk)], context)

    assert (found_quote.amount, found_quote.source) == (Decimal("3.00"), "it")
