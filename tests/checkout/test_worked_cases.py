"""Cases with numbers, from the basket to the rows of the order."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.basket.calculations import ALL, d, left, line, promotion, total
from tests.checkout.conftest import HOME, ready
from tradepost.basket import services as baskets
from tradepost.basket.models import Basket
from tradepost.catalogue.models import Variant
from tradepost.checkout import services
from tradepost.checkout.services import Visit
from tradepost.checkout.services.prepare import prepare
from tradepost.core.actors import Actor, By
from tradepost.orders import services as orders
from tradepost.orders.models import Order
from tradepost.pricing.models import Zone, ZoneArea
from tradepost.promotions import rules
from tradepost.promotions.models import AmountOff, Coupon, CouponRedemption, PercentageOff
from tradepost.shipping.models import FlatRate
from tradepost.testing import factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("gateway")]


def placed(
    *variants: Variant, quantity: int = 1, post: str = "0.00", post_class: str = "standard", **address: str
) -> Order:
    """The order of a guest who bought so many of each."""
    FlatRate.objects.create(code="parcel", name="Parcel", currency="EUR", amount=Decimal(post), tax_class=post_class)
    basket = baskets.open_basket()
    for variant in variants:
        baskets.add(basket, variant, quantity)
    services.update(
        basket,
        email="ada@example.com",
        shipping_address={**HOME, **address},
        shipping_method="parcel",
        payment_method="cod",
    )
    return Order.objects.get(pk=prepare(Basket.objects.get(pk=basket.pk), Visit()).pk)


def goods(*prices: str, **values: Any) -> list[Variant]:
    """Something for each price, in stock."""
    return [make.variant(price=price, on_hand=5000, **values) for price in prices]


def amounts(row: Any) -> tuple[Decimal, Decimal, Decimal]:
    """Net, tax and total of a line or charge."""
    return row.net, row.tax, row.total


def test_case_9_a_coupon_that_took_nothing_is_not_redeemed() -> None:
    """Two coupons of 100.00 off 20.00: the first takes all, the second isn't used; nothing is left to pay for the goods."""
    for code, priority in (("FIRST", 1), ("SECOND", 0)):
        created = make.promotion(code.lower(), coupon=code, priority=priority)
        AmountOff.objects.create(promotion=created, target="order", amount=100, currency="EUR")
    basket = ready(*goods("20.00"))
    for code in ("SECOND", "FIRST"):
        baskets.add_coupon(basket, code)

    order = Order.objects.get(pk=prepare(Basket.objects.get(pk=basket.pk), Visit()).pk)

    assert (order.goods_total, order.charges_total, order.discount) == (d("0.00"), d("5.00"), d("20.00"))
    assert [(a.coupon_code, a.amount) for a in order.adjustments.all()] == [("FIRST", d("-20.00"))]
    assert dict(Coupon.objects.values_list("code", "used")) == {"FIRST": 1, "SECOND": 0}
    assert CouponRedemption.objects.count() == 1


def test_case_11_one_unit_is_left_over() -> None:
    """Any 3 for 20.00 of four at 8.00: three are counted, and what follows finds one."""
    bundle = promotion(rules.BundlePrice("lines", ALL, 3, d(20), "EUR"), code="a", uses_units=True)
    free = promotion(rules.PercentageOff("lines", ALL, d(100), 9), code="b", uses_units=True)

    assert left(total(line("8.00", 4), promotions=[bundle])) == [d("28.00")]
    assert left(total(line("8.00", 4), promotions=[bundle, free])) == [d("20.00")]


def test_case_15_more_off_than_the_goods_leaves_the_delivery() -> None:
    """Goods 0.00, and the total is what the delivery costs; it isn't paid from the discount."""
    AmountOff.objects.create(promotion=make.promotion("gift"), target="order", amount=500, currency="EUR")
    make.tax("0.19")

    order = placed(*goods("20.00", "0.01"), post="4.90")

    assert (order.goods_total, order.charges_total, order.total) == (d("0.00"), d("4.90"), d("4.90"))
    assert [row.discount for row in order.lines.all()] == [d("20.00"), d("0.01")]
    assert (order.charges_net, order.charges_tax) == (d("4.12"), d("0.78"))


def test_case_16_a_percentage_of_the_order_sums_up_as_it_is_stored() -> None:
    """Three lines of 0.35, 10 % off: 0.04 + 0.04 + 0.03; the order is 0.94, and so are its lines."""
    PercentageOff.objects.create(promotion=make.promotion("ten"), target="order", percent=10)

    order = placed(*goods("0.35", "0.35", "0.35"))

    assert sorted(row.discount for row in order.lines.all()) == [d("0.03"), d("0.04"), d("0.04")]
    assert sorted(row.total for row in order.lines.all()) == [d("0.31"), d("0.31"), d("0.32")]
    assert (order.discount, order.goods_total, order.total) == (d("0.11"), d("0.94"), d("0.94"))
    assert sorted(a.amount for a in order.adjustments.all()) == [d("-0.04"), d("-0.04"), d("-0.03")]
    assert len({a.application for a in order.adjustments.all()}) == 1


@pytest.mark.parametrize(("rounding", "net", "tax"), [("line", "420.15", "79.85"), ("order", "420.17", "79.83")])
def test_case_17_the_order_records_where_its_tax_was_rounded(rounding: str, net: str, tax: str, settings: Any) -> None:
    """Five lines of 100.00, 19 % included; gross never moves, and the rows sum up."""
    settings.TRADEPOST_PRICING = {"TAX_ROUNDING": rounding}
    make.tax("0.19")

    order = placed(*goods(*["100.00"] * 5))

    assert order.tax_rounding == rounding
    assert (order.goods_net, order.goods_tax, order.goods_total) == (d(net), d(tax), d("500.00"))
    assert [row.total for row in order.lines.all()] == [d("100.00")] * 5
    assert sum(row.tax for row in order.lines.all()) == sum(t.amount for t in order.taxes.all()) == d(tax)


@pytest.mark.parametrize(
    ("rounding", "lines", "quantity", "tax"),
    [("line", 4, 1, "2.32"), ("order", 4, 1, "2.30"), ("unit", 1, 4, "2.32"), ("line", 1, 4, "2.30")],
)
def test_case_18_net_prices(rounding: str, lines: int, quantity: int, tax: str, settings: Any) -> None:
    """2.50 net at 23 %, in four lines or four times."""
    settings.TRADEPOST_PRICING = {"TAX_ROUNDING": rounding, "PRICES_INCLUDE_TAX": False}
    make.tax("0.23")
    make.price_list(includes_tax=False)

    order = placed(*goods(*["2.50"] * lines), quantity=quantity)

    assert (order.tax_rounding, order.prices_include_tax) == (rounding, False)
    assert (order.goods_net, order.goods_tax, order.total) == (d("10.00"), d(tax), d(10) + d(tax))


def test_case_44_returned_one_by_one() -> None:
    """3×10.00 less 1.00, 19 % included: 24.37 + 4.63; unit by unit it is exactly that again."""
    make.tax("0.19")
    AmountOff.objects.create(promotion=make.promotion("one"), target="order", amount=1, currency="EUR")
    order = placed(*goods("10.00"), quantity=3)
    [row] = order.lines.all()
    assert amounts(row) == (d("24.37"), d("4.63"), d("29.00"))

    entries = [orders.cancel_units(order, {row.pk: 1}, by=By(Actor.STAFF)) for _ in range(3)]

    assert [(credit.total, credit.tax) for credit in entries] == [
        (d("9.67"), d("1.54")),
        (d("9.66"), d("1.55")),
        (d("9.67"), d("1.54")),
    ]


def test_case_46_delivery_taxed_in_proportion() -> None:
    """60.00 at 19 % and 40.00 at 7 %: of 5.00, 3.00 (2.52 + 0.48) and 2.00 (1.87 + 0.13)."""
    make.tax("0.19")
    make.tax("0.07", tax_class="reduced")
    lamp, book = *goods("60.00"), *goods("40.00", product=make.product(tax_class="reduced"))

    order = placed(lamp, book, post="5.00", post_class="")

    [charge] = order.charges.all()
    assert amounts(charge) == (d("4.39"), d("0.61"), d("5.00"))
    assert sorted((t.rate, t.base, t.amount) for t in order.taxes.filter(charge=charge)) == [
        (d("0.07"), d("1.87"), d("0.13")),
        (d("0.19"), d("2.52"), d("0.48")),
    ]


@pytest.mark.parametrize(
    ("country", "keeps", "expected", "reason"),
    [
        ("DE", "gross", ("100.00", "19.00", "119.00"), ""),
        ("US", "gross", ("100.00", "0.00", "100.00"), "export"),
        ("FR", "gross", ("99.17", "19.83", "119.00"), ""),
        ("FR", "net", ("100.00", "20.00", "120.00"), ""),
    ],
)
def test_case_47_sent_abroad(
    country: str, keeps: str, expected: tuple[str, str, str], reason: str, settings: Any
) -> None:
    """119.00 with 19 % in it, to a country with 20 % or to none that we know."""
    settings.TRADEPOST_PRICING = {"CROSS_BORDER": keeps}
    make.tax("0.19", country="DE")
    make.tax("0.20", country="FR", home=False)

    order = placed(*goods("119.00"), country=country, region="NY" if country == "US" else "")

    [row] = order.lines.all()
    assert amounts(row) == tuple(map(d, expected))
    assert (order.tax_country, [t.reason for t in order.taxes.filter(line=row)]) == (country, [reason])


def test_case_52_list_prices_of_four_decimals(settings: Any) -> None:
    """0.0125×1,000 is 12.50; the line keeps the price that it was."""
    settings.TRADEPOST_BASKET = {"MAX_QUANTITY": 1000}

    order = placed(*goods("0.0125"), quantity=1000)

    [row] = order.lines.all()
    assert (row.unit_price, row.total, order.total) == (d("0.0125"), d("12.50"), d("12.50"))


def test_an_exempt_customers_order_says_so() -> None:
    """119.00 with 19 % in it is 100.00, with the reason on every row."""
    make.tax("0.19", country="DE")
    customer = make.customer(tax_exempt=True)
    FlatRate.objects.create(code="parcel", name="Parcel", currency="EUR", amount=Decimal("11.90"))
    basket = baskets.basket_of(customer)
    baskets.add(basket, *goods("119.00"))
    services.update(basket, shipping_address=HOME, shipping_method="parcel", payment_method="cod")

    order = Order.objects.get(pk=prepare(Basket.objects.get(pk=basket.pk), Visit()).pk)

    assert (order.goods_total, order.charges_total, order.tax) == (d(100), d(10), d(0))
    assert [t.reason for t in order.taxes.all()] == ["exempt", "exempt"]


def test_a_range_of_postcodes_has_a_rate_of_its_own() -> None:
    """The Canary islands are no part of Spain's; the order records where it was taxed."""
    make.tax("0.21", country="ES")
    make.tax("0.07", country="IC", home=False, name="IGIC 7 %")
    canaries = Zone.objects.get(code="ic")
    ZoneArea.objects.filter(zone=canaries).update(country="ES", postcode_from="35000", postcode_to="38999")

    order = placed(*goods("107.00"), country="ES", postcode="35001")

    [tax] = order.taxes.filter(line__isnull=False)
    assert (tax.name, tax.base, tax.amount) == ("IGIC 7 %", d(100), d(7))
    assert (order.tax_country, order.tax_postcode) == ("ES", "35001")
