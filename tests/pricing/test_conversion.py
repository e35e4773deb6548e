"""Price lists that follow another."""

from __future__ import annotations

import logging
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.db.models import ProtectedError
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.locks import take_locks_away
from tradepost import browse
from tradepost.core import jobs
from tradepost.core.dates import clock
from tradepost.pricing.errors import RateMissing
from tradepost.pricing.models import ExchangeRate, Price, PriceChange, PriceList
from tradepost.pricing.services import NewPrice, convert, set_prices
from tradepost.testing import factories as make
from tradepost.testing.races import together

pytestmark = pytest.mark.django_db
Row = tuple[str, int, str, str | None, bool]


@pytest.fixture(autouse=True)
def _currencies(settings: Any) -> None:
    settings.TRADEPOST_PRICING = {"CURRENCIES": ("EUR", "USD", "JPY")}


def rate(currency: str, value: str) -> None:
    """Euros for one unit, from now on."""
    ExchangeRate.objects.create(base="EUR", currency=currency, rate=Decimal(value), valid_from=clock.now())


def follower(code: str = "usd", **values: Any) -> PriceList:
    """A list that follows the euro list."""
    return make.price_list(code, **{"currency": code.upper(), "converts": make.price_list(), **values})


def rows(code: str = "usd") -> list[Row]:
    """SKU, quantity, amount, price before and whether it is converted."""
    prices = Price.objects.filter(price_list__code=code).order_by("variant__sku", "min_quantity")
    return [
        (
            row.variant.sku,
            row.min_quantity,
            f"{row.amount:.2f}",
            None if row.was_amount is None else f"{row.was_amount:.2f}",
            row.is_converted,
        )
        for row in prices.select_related("variant")
    ]


def test_what_a_list_lacks_is_converted() -> None:
    """By the rates on file, with its margin and rounding, tiers and prices before too; what it has stays as it is."""
    rate("USD", "0.80")
    mug, cup = make.variant(sku="A"), make.variant(sku="B")
    usd = follower(rounding="ends_99", margin=Decimal("0.04"))
    set_prices(usd, [NewPrice(cup.pk, Decimal("4.20"))])
    eur = make.price_list()

    set_prices(
        eur,
        [
            NewPrice(mug.pk, Decimal("10.00"), was=Decimal("12.00")),
            NewPrice(mug.pk, Decimal("9.00"), min_quantity=5),
            NewPrice(cup.pk, Decimal("3.00")),
            NewPrice(cup.pk, Decimal("2.50"), min_quantity=5),
        ],
    )

    assert rows() == [  # 13.00, 15.60, 11.70
        ("A", 1, "12.99", "15.99", True),
        ("A", 5, "11.99", None, True),
        ("B", 1, "4.20", None, False),
    ]
    assert rows("eur")[0] == ("A", 1, "10.00", "12.00", False)


def test_converted_prices_follow() -> None:
    """Other prices, other rates, prices that go; each change is noted, and what stays isn't written."""
    rate("USD", "0.80")
    mug, eur = make.variant(sku="A"), make.price_list()
    usd = follower()
    set_prices(eur, [NewPrice(mug.pk, Decimal("10.00"))])
    set_prices(eur, [NewPrice(mug.pk, Decimal("8.00"))])
    assert rows() == [("A", 1, "10.00", None, True)]

    rate("USD", "0.64")
    assert (convert(usd), convert(usd)) == ({mug.pk}, set())
    assert rows() == [("A", 1, "12.50", None, True)]

    set_prices(eur, [NewPrice(mug.pk, None)])
    assert rows() == []
    noted = PriceChange.objects.filter(price_list=usd).order_by("pk").values_list("amount", flat=True)
    assert list(noted) == [Decimal("12.50"), Decimal("10.00"), Decimal("12.50"), None]


def test_a_price_of_ones_own_takes_the_place_of_converted_ones() -> None:
    """With their tiers, which might cost more than it; where it is taken away they come back."""
    rate("USD", "0.80")
    mug, eur, usd = make.variant(sku="A"), make.price_list(), follower()
    set_prices(eur, [NewPrice(mug.pk, Decimal("10.00")), NewPrice(mug.pk, Decimal("9.00"), min_quantity=5)])

    set_prices(usd, [NewPrice(mug.pk, Decimal("11.00"))])
    assert rows() == [("A", 1, "11.00", None, False)]

    set_prices(usd, [NewPrice(mug.pk, None)])
    assert rows() == [("A", 1, "12.50", None, True), ("A", 5, "11.25", None, True)]


def test_a_converted_price_that_is_confirmed_is_ones_own() -> None:
    """Even with the same amount: it no longer follows."""
    rate("USD", "0.80")
    mug, eur, usd = make.variant(sku="A"), make.price_list(), follower()
    set_prices(eur, [NewPrice(mug.pk, Decimal("10.00"))])

    set_prices(usd, [NewPrice(mug.pk, Decimal("12.50"))])
    set_prices(eur, [NewPrice(mug.pk, Decimal("20.00"))])

    assert rows() == [("A", 1, "12.50", None, False)]
    assert PriceChange.objects.filter(price_list=usd).count() == 1


def test_a_list_of_the_same_currency_needs_no_rate() -> None:
    """A margin below zero makes one for resellers."""
    mug, eur = make.variant(sku="A"), make.price_list()
    follower("trade", currency="EUR", margin=Decimal("-0.2"))
    set_prices(eur, [NewPrice(mug.pk, Decimal("9.99"))])

    assert rows("trade") == [("A", 1, "7.99", None, True)]


def test_yen_are_whole() -> None:
    """And the same euros make other cents elsewhere."""
    rate("JPY", "0.0061")
    mug, eur = make.variant(sku="A"), make.price_list()
    follower("jpy", rounding="tens")
    set_prices(eur, [NewPrice(mug.pk, Decimal("12.50"))])

    assert rows("jpy") == [("A", 1, "2050.00", None, True)]


def test_without_a_rate_prices_stay(caplog: pytest.LogCaptureFixture) -> None:
    """The source is none the less changed; who converts by hand is told."""
    rate("USD", "0.80")
    mug, eur, usd = make.variant(sku="A"), make.price_list(), follower()
    set_prices(eur, [NewPrice(mug.pk, Decimal("10.00"))])
    ExchangeRate.objects.all().delete()

    with caplog.at_level(logging.WARNING):
        set_prices(eur, [NewPrice(mug.pk, Decimal("20.00"))])

    assert rows("eur") == [("A", 1, "20.00", None, False)]
    assert rows() == [("A", 1, "12.50", None, True)]
    assert "Prices of usd weren't converted" in caplog.text
    with pytest.raises(RateMissing):
        convert(usd)


def test_a_list_that_follows_no_more_loses_what_was_converted() -> None:
    """Its own prices stay."""
    rate("USD", "0.80")
    mug, cup, eur, usd = make.variant(sku="A"), make.variant(sku="B"), make.price_list(), follower()
    set_prices(usd, [NewPrice(cup.pk, Decimal("4.20"))])
    set_prices(eur, [NewPrice(mug.pk, Decimal("10.00"))])
    usd.converts = None
    usd.save()

    assert convert(usd) == {mug.pk}

    assert rows() == [("B", 1, "4.20", None, False)]


def test_the_job_converts_what_changed_around_the_services(caplog: pytest.LogCaptureFixture) -> None:
    """A list without a rate doesn't keep the others waiting."""
    rate("USD", "0.80")
    make.variant(sku="A", price="10.00")
    follower("jpy")
    follower()

    assert jobs.run("tradepost.pricing.convert_prices") == 1
    assert jobs.run("tradepost.pricing.convert_prices") == 0

    assert (rows("jpy"), rows()) == ([], [("A", 1, "12.50", None, True)])
    assert "convert" in caplog.text


def test_converting_costs_as_many_queries_for_one_as_for_many() -> None:
    """All that can happen at once: new, changed and gone."""
    rate("USD", "0.80")
    product, usd = make.product(), follower()

    def count(number: int) -> int:
        variants = [make.variant(product=product, price="10.00") for _ in range(number)]
        convert(usd)
        Price.objects.filter(price_list__code="eur", variant__in=variants[::2]).update(amount=Decimal("8.00"))
        Price.objects.filter(price_list__code="eur", variant=variants[-1]).delete()
        [make.variant(product=product, price="10.00") for _ in range(number)]
        with CaptureQueriesContext(connection) as seen:
            convert(usd)
        return len([query for query in seen if "SAVEPOINT" not in query["sql"]])

    assert (count(2), count(60)) == (9, 9)


def test_lists_are_sorted_and_filtered_by_converted_prices() -> None:
    """They are rows like others."""
    rate("USD", "0.80")
    for name, amount in (("Cup", "3.00"), ("Mug", "10.00"), ("Jug", "20.00")):
        make.variant(product=make.product(name=name), price=amount)
    convert(follower())
    visitor = browse.Visitor(currency="USD")
    criteria = browse.Criteria(ordering="-price", price_max=Decimal("12.50"))

    cards = browse.cards(browse.find(criteria, visitor), visitor)

    assert [(card.product.name, card.price) for card in cards] == [("Mug", Decimal("12.50")), ("Cup", Decimal("3.75"))]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"converts": "usd"}, "converts"),
        ({"converts": "chf"}, "converts"),
        ({"converts": "net"}, "converts"),
        ({"code": "eur", "converts": "own"}, "converts"),
        ({"currency": "JPY", "rounding": "ends_99"}, "rounding"),
        ({"currency": "JPY", "rounding": "five_cents"}, "rounding"),
        ({"margin": Decimal(-1)}, "margin"),
    ],
)
def test_what_can_not_follow_is_refused(values: dict[str, Any], field: str) -> None:
    """Itself, a list that follows, a list of the other basis, being followed; endings that a currency hasn't."""
    make.price_list("own")
    make.price_list("net", includes_tax=False)
    follower()
    chosen = PriceList.objects.filter(code=values.get("code", "chf")).first() or make.price_list("chf", currency="CHF")
    for name, value in values.items():
        setattr(chosen, name, PriceList.objects.get(code=value) if name == "converts" else value)

    with pytest.raises(ValidationError) as refusal:
        chosen.full_clean()

    assert list(refusal.value.message_dict) == [field]


def test_the_database_holds_what_it_can() -> None:
    """A margin that leaves something; a list that others follow can't be deleted."""
    usd = follower()
    with pytest.raises(IntegrityError), transaction.atomic():
        PriceList.objects.filter(pk=usd.pk).update(margin=Decimal(-1))
    with pytest.raises(ProtectedError):
        make.price_list().delete()


def test_the_admin_converts(admin_client: Client) -> None:
    """When a list is saved, and when a price is; a converted price that is changed there is one's own."""
    mug = make.variant(sku="A", price="10.00")
    form = {"code": "usd", "name": "Dollars", "currency": "USD", "includes_tax": "on", "is_active": "on", "priority": 0}
    form |= {"converts": make.price_list().pk, "rounding": "ends_99", "margin": "0"}
    lists = reverse("admin:tradepost_pricing_pricelist_add")
    page = admin_client.post(lists, form, follow=True).content.decode()
    assert "There is no exchange rate from USD to EUR." in page
    assert rows() == []

    rate("USD", "0.80")
    usd = PriceList.objects.get(code="usd")
    page = admin_client.post(lists.replace("add", f"{usd.pk}/change"), form, follow=True).content.decode()
    assert "Prices of 1 variants were converted." in page
    assert rows() == [("A", 1, "12.99", None, True)]

    source, price = Price.objects.get(price_list__code="eur"), Price.objects.get(price_list=usd)
    change = "admin:tradepost_pricing_price_change"
    admin_client.post(reverse(change, args=[source.pk]), {"min_quantity": 1, "amount": "20.00"})
    assert rows() == [("A", 1, "24.99", None, True)]
    admin_client.post(reverse(change, args=[price.pk]), {"min_quantity": 1, "amount": "21.00"})
    admin_client.post(reverse(change, args=[source.pk]), {"min_quantity": 1, "amount": "30.00"})
    assert rows() == [("A", 1, "21.00", None, False)]

    admin_client.post(reverse("admin:tradepost_pricing_price_delete", args=[price.pk]), {"post": "yes"})
    assert rows() == [("A", 1, "37.99", None, True)]
    assert [c.amount for c in mug.price_changes.filter(price_list=usd).order_by("pk")] == [
        Decimal(text) if text else None for text in ("12.99", "24.99", "21.00", None, "37.99")
    ]


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_many_convert_at_once() -> None:
    """Each price is made and noted once, also while the source changes."""
    rate("USD", "0.80")
    product, usd = make.product(), follower()
    variants = [make.variant(product=product, price="10.00") for _ in range(30)]
    later = [NewPrice(variant.pk, Decimal("8.00")) for variant in variants]

    results = together([partial(convert, usd)] * 3 + [partial(set_prices, make.price_list(), later)])

    assert [type(result) for result in results] == [set] * 4
    assert list(Price.objects.filter(price_list=usd).values_list("amount", flat=True)) == [Decimal("10.00")] * 30
    for variant in variants:
        noted = list(variant.price_changes.filter(price_list=usd).order_by("pk").values_list("amount", flat=True))
        assert noted in ([Decimal("12.50"), Decimal("10.00")], [Decimal("10.00")])


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_without_the_lock_conversions_are_noted_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control."""
    rate("USD", "0.80")
    product, usd = make.product(), follower()
    variants = [make.variant(product=product, price="10.00") for _ in range(30)]
    take_locks_away(monkeypatch)

    for _ in range(20):
        together([partial(convert, usd)] * 5)
        if PriceChange.objects.filter(price_list=usd).count() > len(variants):
            return
        PriceChange.objects.all().delete()
        Price.objects.filter(price_list=usd).delete()
    pytest.fail("The race never happened.")


def test_times_of_rates_count() -> None:
    """The latest that is valid, not one of tomorrow."""
    rate("USD", "0.80")
    tomorrow = clock.now() + timedelta(days=1)
    ExchangeRate.objects.create(base="EUR", currency="USD", rate=Decimal("0.40"), valid_from=tomorrow)
    make.variant(sku="A", price="10.00")
    convert(follower())

    assert rows() == [("A", 1, "12.50", None, True)]
