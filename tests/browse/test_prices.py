"""A list, a page, a filter and a basket agree on what things cost."""

from __future__ import annotations

import random
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from tradepost import browse
from tradepost.basket import services as baskets
from tradepost.core.dates import clock
from tradepost.customers.models import CustomerGroup
from tradepost.pricing.models import Price, PriceList, Zone, ZoneArea
from tradepost.pricing.ports import Place
from tradepost.testing import factories as make

pytestmark = pytest.mark.django_db


def lists(dice: random.Random, club: CustomerGroup) -> list[PriceList]:
    """Six lists of any priority, currency, basis, channel, dates, groups and zones."""
    entries = []
    for number in range(6):
        day = clock.now() + timedelta(days=dice.choice([-2, 2]))
        price_list = make.price_list(
            f"list-{number}",
            currency=dice.choice(["EUR", "EUR", "USD"]),
            includes_tax=dice.random() < 0.8,
            priority=dice.randint(0, 2),
            channel=dice.choice(["", "", "web", "pos"]),
            is_active=dice.random() < 0.9,
            **dice.choice([{}, {}, {"starts_at": day}, {"ends_at": day}]),
        )
        if dice.random() < 0.2:
            price_list.groups.add(club)
        if dice.random() < 0.3:
            price_list.zones.set(dice.sample(list(Zone.objects.all()), k=dice.randint(1, 2)))
        entries.append(price_list)
    return entries


@pytest.mark.parametrize("seed", [0, 1, 2, *(pytest.param(seed, marks=pytest.mark.slow) for seed in (3, 4, 5))])
def test_a_list_a_page_and_a_basket_show_one_price(seed: int) -> None:
    """Whatever the price lists are like, and whoever looks from wherever."""
    dice = random.Random(seed)
    for code, country in (("home", "DE"), ("france", "FR"), ("world", "")):
        ZoneArea.objects.create(zone=Zone.objects.create(code=code, name=code, is_home=code == "home"), country=country)
    club = CustomerGroup.objects.create(code="club", name="Club")
    priced = lists(dice, club)
    products = [make.product(name=f"P{number}") for number in range(4)]
    for product in products:
        for variant in [make.variant(product=product, on_hand=1) for _ in range(3)]:
            for entry in dice.sample(priced, k=3):
                amount = Decimal(dice.randint(1, 9))
                Price.objects.create(
                    variant=variant, price_list=entry, amount=amount, min_quantity=dice.choice([1, 1, 2])
                )
    member = make.customer()
    member.groups.add(club)
    for customer in (None, member):
        for country in ("", "DE", "FR", "US"):
            _agree(browse.Visitor(currency="EUR", place=Place(country), customer=customer))


def _agree(visitor: browse.Visitor) -> None:
    cards = browse.cards(browse.find(browse.Criteria(ordering="price"), visitor), visitor)
    shown: list[Decimal] = []
    expected: dict[int, Decimal] = {}
    basket = baskets.open_basket(country=visitor.place.country)
    if visitor.customer is not None:
        basket.customer = visitor.customer  # type: ignore[assignment]
        basket.save()
    for card in cards:
        offers = browse.detail(card.product.slug, visitor).offers
        prices = [offer.price for offer in offers if offer.price is not None]
        assert card.price == min(prices, default=None)
        assert card.is_from == (len(set(prices)) > 1)
        shown += [card.price] if card.price is not None else []
        for offer in offers:
            if offer.price is not None:
                baskets.add(basket, offer.variant)
                expected[offer.variant.pk] = offer.price
    assert {row.item.variant_id: row.unit_price for row in baskets.totals(basket).lines} == expected
    basket.delete()
    assert shown == sorted(shown)
    for limit in (Decimal(3), Decimal(6)):
        result = browse.find(browse.Criteria(price_max=limit), visitor)
        assert {p.pk for p in result} == {c.product.pk for c in cards if c.price is not None and c.price <= limit}


def test_a_variant_on_two_lists_is_no_choice_of_prices() -> None:
    """The page says “from” where variants differ, not where lists do."""
    mug = make.variant(price="10.00")
    make.price(mug, "8.00", price_list=make.price_list("other"))
    make.price(mug, "12.00", price_list=make.price_list("higher", priority=1))
    guest = browse.Visitor(currency="EUR")

    [card] = browse.cards(browse.find(browse.Criteria(), guest), guest)

    assert (card.price, card.is_from) == (Decimal("12.00"), False)


def test_a_list_of_a_place_is_asked_for_by_the_same_queries(django_assert_num_queries: Any) -> None:
    """Four for a page of products, four for one of them."""
    mug = make.variant(price="10.00", on_hand=3)
    french = make.price_list("fr", priority=1)
    french.zones.add(make.tax("0.20", country="FR", home=False).zone)
    make.price(mug, "9.00", price_list=french)
    visitor = browse.Visitor(currency="EUR", place=Place("FR"))

    browse.detail(mug.product.slug, visitor)  # what is kept in the process is there then
    with django_assert_num_queries(4):
        [card] = browse.cards(browse.find(browse.Criteria(), visitor), visitor)
    with django_assert_num_queries(4):
        detail = browse.detail(mug.product.slug, visitor)

    assert (card.price, detail.offers[0].price) == (Decimal("9.00"), Decimal("9.00"))
