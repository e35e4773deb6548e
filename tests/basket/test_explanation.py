"""Why a basket costs what it costs, and what one would cost."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tradepost.basket import services
from tradepost.basket.models import Basket, BasketLine
from tradepost.basket.totals.snapshots import Terms
from tradepost.catalogue.models import Variant
from tradepost.core.dates import clock
from tradepost.core.errors import Invalid
from tradepost.customers.models import CustomerGroup
from tradepost.pricing.errors import CurrencyNotOffered
from tradepost.pricing.models import Price
from tradepost.promotions.models import Countries, CustomerGroups, FirstOrder, MinimumValue, PercentageOff
from tradepost.shipping.models import FlatRate
from tradepost.testing import factories as make

pytestmark = pytest.mark.django_db


def shop() -> None:
    """Cups for 10.00 and hats for 20.00, delivery, taxes, a promotion by code and one for much."""
    make.variant(sku="CUP", price="10.00", on_hand=5)
    make.variant(sku="HAT", price="20.00", on_hand=1)
    make.tax("0.19", country="DE")
    FlatRate.objects.create(code="parcel", name="Parcel", currency="EUR", amount=Decimal("4.90"))
    PercentageOff.objects.create(promotion=make.promotion("ten", coupon="TEN"), percent=10)
    much = make.promotion("much")
    PercentageOff.objects.create(promotion=much, percent=50)
    MinimumValue.objects.create(promotion=much, amount=100, currency="EUR")


def test_each_amount_has_its_steps() -> None:
    """Each begins where the one before ended; what did not apply has its reason."""
    shop()
    basket = services.open_basket(country="DE")
    cup = make.variant(sku="MUG", price="12.50")
    line = services.add(basket, cup, 2)
    basket = services.add_coupon(basket, "ten")
    basket.coupon_codes = [*basket.coupon_codes, "GONE"]

    result = services.explain(basket, Terms(shipping_methods={"": "parcel"}))

    [mug], [parcel] = result.lines, result.charges
    assert (mug.row.key, mug.code, mug.name) == (str(line.uuid), "MUG", cup.product.name)
    assert [(step.stage, step.rule, step.before, step.after) for step in mug.steps] == [
        ("prices", "eur", Decimal(0), Decimal("25.00")),
        ("lines_promotions", "ten", Decimal("25.00"), Decimal("22.50")),
        ("taxes", "VAT 19 %", Decimal("22.50"), Decimal("22.50")),
    ]
    assert [step.after for step in parcel.steps] == [Decimal("4.90")] * 2
    assert {(entry.rule, entry.code, entry.coupon) for entry in result.refused} == {
        ("much", "minimum_not_reached", ""),
        ("", "coupon_invalid", "GONE"),
    }
    assert all(entry.why for row in result.rows for entry in row.steps)


def test_what_concerns_one_line_only_stands_there() -> None:
    """No price, for example."""
    shop()
    basket = services.open_basket()
    services.add(basket, make.variant(sku="MUG", price="12.50"))
    Price.objects.all().delete()

    result = services.explain(basket)

    assert [entry.code for entry in result.lines[0].refused] == ["no_price"]
    assert [entry.rule for entry in result.refused] == ["much"]


def test_a_dry_run_is_what_the_basket_would_be() -> None:
    """To the cent, step by step; and nothing is written."""
    shop()
    basket = services.open_basket(country="DE")
    for sku, quantity in (("CUP", 2), ("HAT", 1)):
        services.add(basket, Variant.objects.get(sku=sku), quantity)
    basket = services.add_coupon(basket, "ten")
    real = services.read(basket, Terms(shipping_methods={"": "parcel"}))
    before = (Basket.objects.count(), BasketLine.objects.count())

    tried = services.dry_run({"CUP": 2, "HAT": 1}, country="de", coupons=["ten"], shipping_method="parcel")

    assert tried.totals.total == real.totals.total == Decimal("40.90")
    assert (tried.totals.tax, tried.totals.coupons) == (real.totals.tax, {"TEN"})
    assert sorted(e.why for e in tried.totals.trail) == sorted(e.why for e in real.totals.trail)
    assert [(line.variant.sku, line.available) for line in tried.lines] == [("CUP", 5), ("HAT", 1)]
    assert [quote.code for quote in tried.quotes] == ["parcel"]
    assert (Basket.objects.count(), BasketLine.objects.count()) == before


def test_a_dry_run_is_for_anybody_anywhere_at_any_time() -> None:
    """Customer, country, moment and channel count."""
    shop()
    friend = make.customer()
    friend.groups.add(CustomerGroup.objects.create(code="friends", name="Friends"))
    later = clock.now() + timedelta(days=7)
    for code, kind, values in (
        ("group", CustomerGroups, {"groups": ["friends"]}),
        ("country", Countries, {"codes": ["AT"]}),
        ("later", FirstOrder, {}),
        ("pos", FirstOrder, {}),
    ):
        starts = {"starts_at": later} if code == "later" else {}
        promotion = make.promotion(code, channel="pos" if code == "pos" else "", **starts)
        PercentageOff.objects.create(promotion=promotion, percent=10)
        kind.objects.create(promotion=promotion, **values)

    def discount(**values: Any) -> Decimal:
        return services.dry_run({"CUP": 1}, **values).totals.discount

    assert discount() == Decimal(0)
    assert discount(customer=friend) == Decimal(1)
    assert discount(country="AT") == Decimal(1)
    assert discount(at=later) == Decimal(1)
    assert discount(channel="pos") == Decimal(1)
    assert discount(customer=friend, country="AT", at=later) == Decimal("2.71")


@pytest.mark.parametrize("number", [1, 50])
def test_a_dry_run_costs_six_queries(number: int) -> None:
    """However many items there are."""
    shop()
    ada = make.customer()
    items = {make.variant(price="10.00", on_hand=5).sku: 1 for _ in range(number)}
    data = {"customer": ada, "country": "DE", "coupons": ["TEN"], "shipping_method": "parcel"}
    services.dry_run(items, **data)  # a process's first look asks for kinds of rows, too

    with CaptureQueriesContext(connection) as seen:
        services.dry_run(items, **data)

    assert len(seen.captured_queries) <= 6
    assert all(query["sql"].lstrip("(").startswith("SELECT") for query in seen.captured_queries)


def test_a_dry_run_of_what_there_is_not_is_refused() -> None:
    """No such SKU, no units, a currency that isn't offered; nothing at all costs nothing."""
    shop()
    for items in ({"CUP": 1, "NOPE": 1}, {"CUP": 0}):
        with pytest.raises(Invalid):
            services.dry_run(items)
    with pytest.raises(CurrencyNotOffered):
        services.dry_run({"CUP": 1}, currency="USD")

    assert services.dry_run({}).totals.total == 0
