"""The lowest price of the thirty days before a reduction."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client

from tradepost import browse
from tradepost.basket import services as baskets
from tradepost.core import versions
from tradepost.core.dates import clock
from tradepost.customers.models import CustomerGroup
from tradepost.pricing import services
from tradepost.pricing.models import PriceChange
from tradepost.pricing.ports import Place, PriceQuote, PriceRequest
from tradepost.pricing.prices.lowest import Noted, lowest_before
from tradepost.pricing.services import NewPrice, set_prices
from tradepost.testing import factories as make

TODAY = datetime(2026, 11, 20, 12, tzinfo=UTC)


def days(number: float) -> datetime:
    """So many days before today."""
    return TODAY - timedelta(days=number)


def noted(amount: str | None, ago: float, code: str = "eur", **values: Any) -> Noted:
    """An amount of a list, since so many days ago."""
    facts = {"priority": 0, "min_quantity": 1, **values}
    return Noted(code=code, amount=Decimal(amount) if amount else None, at=days(ago), **facts)


@pytest.mark.parametrize(
    ("history", "expected"),
    [
        ([], None),
        ([noted("10.00", 400), noted("8.00", 0)], "10.00"),
        ([noted("10.00", 400), noted("9.00", 20), noted("12.00", 10), noted("8.00", 0)], "9.00"),
        ([noted("7.00", 400), noted("10.00", 31), noted("8.00", 0)], "10.00"),
        ([noted("7.00", 400), noted("10.00", 30), noted("8.00", 0)], "10.00"),
        ([noted("7.00", 400), noted("10.00", 29.9), noted("8.00", 0)], "7.00"),
        ([noted("12.00", 5), noted("8.00", 0)], "12.00"),
        ([noted("8.00", 0)], None),
        ([noted("9.00", 400), noted(None, 20), noted("10.00", 10), noted("8.00", 0)], "9.00"),
        ([noted("9.00", 400), noted(None, 40), noted("10.00", 10), noted("8.00", 0)], "10.00"),
        ([noted("10.00", 400), noted("9.00", 20), noted("9.50", 20)], "9.50"),
    ],
)
def test_of_one_list_the_lowest_amount_of_the_thirty_days_counts(history: list[Noted], expected: str | None) -> None:
    """With that which held when they began; not what was before, nor the reduced one itself; of one moment the last."""
    assert lowest_before(history, TODAY) == (Decimal(expected) if expected else None)


@pytest.mark.parametrize(
    ("starts", "ends", "priority", "expected"),
    [
        (None, None, 0, "7.00"),
        (days(25), days(20), 0, "7.00"),
        (days(40), days(30), 0, "7.00"),
        (days(40), days(30.1), 0, "10.00"),
        (days(-1), None, 0, "10.00"),
        (days(25), days(20), -1, "10.00"),
    ],
)
def test_other_lists_count_while_they_are_valid(
    starts: datetime | None, ends: datetime | None, priority: int, expected: str
) -> None:
    """Both ends included; a list that another one outranks was nobody's price."""
    base = [noted("10.00", 400), noted("8.00", 0)]
    sale = noted("7.00", 400, "sale", starts_at=starts, ends_at=ends, priority=priority)

    assert lowest_before([*base, sale], TODAY) == Decimal(expected)


def test_a_higher_price_of_a_higher_list_is_what_people_paid() -> None:
    """Its end brings the lower one back for a while."""
    high = noted("12.00", 400, "high", priority=1, ends_at=days(10))

    assert lowest_before([noted("10.00", 400), high], TODAY) == Decimal("10.00")
    assert lowest_before([noted("10.00", 400), high], days(10)) == Decimal("12.00")


def test_the_price_of_so_many_units_is_compared() -> None:
    """The tier that so many units reached."""
    history = [noted("10.00", 400), noted("9.00", 400, min_quantity=5), noted("8.50", 10, min_quantity=10)]

    amounts = [lowest_before(history, TODAY, quantity=quantity) for quantity in (1, 5, 10)]

    assert amounts == [Decimal("10.00"), Decimal("9.00"), Decimal("8.50")]


def quote(variant: Any, quantity: int = 1, **values: Any) -> PriceQuote:
    """The price for so many units, today."""
    context = services.context(currency="EUR", at=TODAY, **values)
    return services.quote([PriceRequest("key", variant.pk, quantity)], context)[0]


def reprice(variant: Any, amount: str | None, ago: float, code: str = "eur", **values: Any) -> None:
    """Set the price of a variant so many days ago."""
    was, least = values.pop("was", None), values.pop("least", 1)
    with clock.at(days(ago)):
        new = NewPrice(variant.pk, amount and Decimal(amount), was and Decimal(was), least)  # type: ignore[arg-type]
        set_prices(make.price_list(code, **values), [new])


@pytest.mark.django_db
def test_a_reduced_price_tells_the_lowest_before(django_assert_num_queries: Any) -> None:
    """By the one query that finds the price; a price that isn't reduced tells none."""
    mug, cup = make.variant(), make.variant()
    for variant in (mug, cup):
        reprice(variant, "10.00", 100)
        reprice(variant, "9.00", 50)
        reprice(variant, "12.00", 35)
    reprice(mug, "8.00", 10, was="12.00")

    quote(cup)  # what is kept in the process is there then
    with versions.one_reading(), django_assert_num_queries(2):  # versions, prices
        result = quote(mug)
    assert result == PriceQuote(
        key="key", amount=Decimal("8.00"), was=Decimal("12.00"), lowest=Decimal("9.00"), source="eur"
    )
    assert quote(cup).lowest is None


@pytest.mark.django_db
def test_a_sale_is_a_list_that_ends() -> None:
    """The price that will hold again is the price before; the thirty days end where the sale began, not where it was entered."""
    mug = make.variant()
    reprice(mug, "10.00", 100)
    reprice(mug, "9.00", 25)
    reprice(mug, "9.50", 20)
    reprice(mug, "7.00", 28, "sale", priority=1, starts_at=days(2), ends_at=days(-5))

    assert quote(mug) == PriceQuote(
        key="key", amount=Decimal("7.00"), was=Decimal("9.50"), lowest=Decimal("9.00"), source="sale"
    )
    assert quote(mug).lowest == quote(mug, 3).lowest


@pytest.mark.django_db
def test_the_sale_before_counts_in_the_next_one() -> None:
    """Who reduces again within thirty days says so."""
    mug = make.variant()
    reprice(mug, "10.00", 100)
    reprice(mug, "6.00", 100, "first", priority=1, starts_at=days(20), ends_at=days(15))
    reprice(mug, "7.00", 100, "second", priority=1, starts_at=days(2), ends_at=days(-5))

    assert (quote(mug).was, quote(mug).lowest) == (Decimal("10.00"), Decimal("6.00"))


@pytest.mark.django_db
def test_only_lists_that_everybody_might_use_count() -> None:
    """Not a club's, another currency's, another place's, another basis', another channel's, one that is off."""
    mug, club = make.variant(), CustomerGroup.objects.create(code="club", name="Club")
    reprice(mug, "10.00", 100)
    elsewhere = make.tax("0.20", country="FR", home=False).zone
    for code, values in {
        "club": {},
        "usd": {"currency": "USD"},
        "fr": {},
        "net": {"includes_tax": False},
        "pos": {"channel": "pos"},
        "off": {"is_active": False},
    }.items():
        reprice(mug, "5.00", 100, code, priority=1, **values)
        reprice(mug, None, 5, code)
    make.price_list("club").groups.add(club)
    make.price_list("fr").zones.add(elsewhere)
    reprice(mug, "8.00", 3, was="10.00")

    assert quote(mug).lowest == Decimal("10.00")
    assert quote(mug, place=Place("FR")).lowest == Decimal("5.00")


@pytest.mark.django_db
def test_without_a_history_nothing_is_claimed() -> None:
    """A price that nobody noted has a price before, and no lowest one."""
    mug = make.variant()
    make.price(mug, "8.00", was_amount=Decimal("10.00"))

    assert not PriceChange.objects.exists()
    assert (quote(mug).was, quote(mug).lowest) == (Decimal("10.00"), None)


@pytest.mark.django_db
def test_everybody_sees_it(client: Client, django_assert_num_queries: Any) -> None:
    """The list, the page, the API; within the queries that they have."""
    mug = make.variant(product=make.product(name="Mug", slug="mug"), on_hand=3)
    with clock.at(clock.now() - timedelta(days=10)):
        set_prices(make.price_list(), [NewPrice(mug.pk, Decimal("9.00"))])
    set_prices(make.price_list(), [NewPrice(mug.pk, Decimal("8.00"), was=Decimal("10.00"))])
    guest = browse.Visitor(currency="EUR")
    browse.cards(browse.find(browse.Criteria(), guest), guest)  # SQLite is asked once whether it has JSON

    browse.detail("mug", guest)
    with versions.one_reading(), django_assert_num_queries(4):
        [card] = browse.cards(browse.find(browse.Criteria(), guest), guest)
    with versions.one_reading(), django_assert_num_queries(4):
        [offer] = browse.detail("mug", guest).offers
    assert (card.lowest, offer.lowest) == (Decimal("9.00"), Decimal("9.00"))

    for page in ("/", "/products/mug/"):
        assert "Lowest price in the 30 days before: €9.00" in client.get(page).content.decode()
    lowest = {"amount": "9.00", "currency": "EUR"}
    assert client.get("/api/v1/products/").json()["results"][0]["lowest"] == lowest
    assert client.get("/api/v1/products/mug/").json()["variants"][0]["lowest"] == lowest

    basket = baskets.open_basket()
    baskets.add(basket, mug)
    result = baskets.find_basket(uuid=basket.uuid, user=AnonymousUser())  # as every door finds it
    assert result is not None
    baskets.read(result)  # what is kept in the process is there then
    with django_assert_num_queries(3):
        baskets.read(result)
