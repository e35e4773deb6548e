"""Badges of promotions that name a product, in lists and on its page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tradepost import browse
from tradepost.catalogue.models import Collection, Product
from tradepost.core import versions
from tradepost.core.dates import clock
from tradepost.customers.models import CustomerGroup
from tradepost.pricing.ports import Place
from tradepost.promotions.models import (
    AmountOff,
    Benefit,
    BundlePrice,
    BuyGet,
    CheapestFree,
    Countries,
    CustomerGroups,
    FirstOrder,
    Hours,
    MinimumValue,
    PercentageOff,
    Promotion,
)
from tradepost.testing import factories as make

pytestmark = pytest.mark.django_db
GUEST = browse.Visitor(currency="EUR", place=Place("DE"))


def goods() -> None:
    """A chair (in seating, which is in living), a lamp (by hand in "picks") and a rug of wool."""
    living = make.category("Living")
    chair = make.variant(product=make.product(name="Chair", slug="chair"), price="50.00", on_hand=1).product
    lamp = make.variant(product=make.product(name="Lamp", slug="lamp"), price="20.00", on_hand=1).product
    rug = make.variant(product=make.product(name="Rug", slug="rug"), price="80.00", on_hand=1).product
    chair.categories.add(make.category("Seating", parent=living))
    Product.objects.filter(pk=rug.pk).update(attributes={"material": "wool"})
    Collection.objects.create(name="Picks", slug="picks").products.add(lamp)


def shown(visitor: browse.Visitor = GUEST) -> dict[str, list[str]]:
    """Badges by product, as the list and the product's page show them; the same warm and cold."""
    cards = browse.cards(browse.find(browse.Criteria(), visitor), visitor)
    values = {card.product.slug: [badge.text for badge in card.badges] for card in cards}
    for card in cards:
        page = browse.detail(card.product.slug, visitor)
        assert [badge.text for badge in page.badges] == values[card.product.slug]
    again = browse.cards(browse.find(browse.Criteria(), visitor), visitor)
    assert [card.badges for card in again] == [card.badges for card in cards]
    return {slug: texts for slug, texts in values.items() if texts}


def promote(code: str, kind: type[Benefit], *, of: dict[str, Any] | None = None, **values: Any) -> Promotion:
    """A promotion without a code."""
    promotion: Promotion = make.promotion(code, **(of or {}))
    kind.objects.create(promotion=promotion, **values)
    return promotion


def test_a_promotion_is_shown_on_what_it_names() -> None:
    """By category with all below, product, collection and attribute; in its own words."""
    goods()
    promote("seats", PercentageOff, percent=20, categories=["living"])
    promote("lamps", CheapestFree, quantity=3, collection=Collection.objects.get())
    promote("wool", BundlePrice, quantity=2, amount=100, currency="EUR", attributes={"material": "wool"})
    promote("rugs", BuyGet, buy=1, get=1, products=["rug"], of={"priority": 5})

    assert shown() == {"chair": ["−20 %"], "lamp": ["3 for 2"], "rug": ["2 for 1", "2 for €100.00"]}
    [badge] = browse.detail("chair", GUEST).badges
    assert (badge.label, badge.promotion) == ("Seats", "seats")


@pytest.mark.parametrize(
    ("kind", "values", "of"),
    [
        (PercentageOff, {"percent": 20}, {}),
        (PercentageOff, {"percent": 20, "products": ["chair"]}, {"coupon": "CODE"}),
        (PercentageOff, {"percent": 20, "products": ["chair"]}, {"is_active": False}),
        (PercentageOff, {"percent": 20, "products": ["chair"]}, {"starts_at": clock.now() + timedelta(days=1)}),
        (PercentageOff, {"percent": 20, "products": ["chair"]}, {"ends_at": clock.now() - timedelta(days=1)}),
        (PercentageOff, {"percent": 20, "products": ["chair"]}, {"channel": "pos"}),
        (PercentageOff, {"percent": 20, "products": ["chair"]}, {"currency": "EUR", "budget": 5, "spent": 5}),
        (PercentageOff, {"percent": 20, "products": ["chair"], "target": "shipping"}, {}),
        (AmountOff, {"amount": 2, "currency": "EUR", "products": ["chair"]}, {}),
        (BundlePrice, {"quantity": 2, "amount": 50, "currency": "USD", "products": ["chair"]}, {}),
    ],
)
def test_what_names_no_product_or_is_not_for_everybody_now_is_not_shown(
    kind: type[Benefit], values: dict[str, Any], of: dict[str, Any]
) -> None:
    """For all goods, by code, at another time or place, spent, off the delivery, without words for a badge."""
    goods()
    promote("sale", kind, of=of, **values)

    assert shown() == {}


@pytest.mark.parametrize(
    ("condition", "values", "is_shown"),
    [
        (Countries, {"codes": ["DE"]}, True),
        (Countries, {"codes": ["AT"]}, False),
        (Hours, {"begin": time(0), "end": None}, True),
        (CustomerGroups, {"groups": ["friends"]}, False),
        (FirstOrder, {}, False),
        (MinimumValue, {"amount": 10, "currency": "EUR"}, False),
    ],
)
def test_conditions_decide_as_far_as_a_visitor_is_known(
    condition: type[Any], values: dict[str, Any], is_shown: bool
) -> None:
    """Conditions on the buyer or the basket are left to hints."""
    CustomerGroup.objects.create(code="friends", name="Friends")
    goods()
    sale = promote("sale", PercentageOff, percent=20, products=["chair"])
    condition.objects.create(promotion=sale, **values)

    assert shown() == ({"chair": ["−20 %"]} if is_shown else {})


def test_what_is_not_discountable_has_no_badge() -> None:
    """It never gets cheaper."""
    goods()
    promote("sale", PercentageOff, percent=20, products=["chair", "lamp"])
    Product.objects.filter(slug="lamp").update(is_discountable=False)

    assert shown() == {"chair": ["−20 %"]}


def test_a_change_is_seen_at_once() -> None:
    """Of a promotion, a benefit or a condition, whatever is kept."""
    goods()
    assert shown() == {}
    sale = promote("sale", PercentageOff, percent=20, products=["chair"])
    assert shown() == {"chair": ["−20 %"]}

    benefit = PercentageOff.objects.get()
    benefit.percent = Decimal("12.5")
    benefit.save()
    assert shown() == {"chair": ["−12.5 %"]}

    country = Countries.objects.create(promotion=sale, codes=["AT"])
    assert shown() == {}
    country.delete()
    assert shown() == {"chair": ["−12.5 %"]}

    sale.is_active = False
    sale.save()
    assert shown() == {}


def queries(call: Callable[[], Any]) -> int:
    """How many a call sends."""
    with CaptureQueriesContext(connection) as seen:
        call()
    return len(seen.captured_queries)


@pytest.mark.parametrize("number", [1, 30])
def test_badges_are_within_the_budgets(number: int) -> None:
    """Four queries for a list, four for a page, whatever is promised; one more where orders count against a promotion."""
    for _ in range(number):
        make.variant(price="10.00", on_hand=1)
    goods()

    def look() -> Any:
        return browse.cards(browse.find(browse.Criteria(), GUEST), GUEST)

    def page() -> Any:
        return browse.detail("chair", GUEST)

    def costs() -> tuple[int, int]:
        look(), page()  # what is kept in the process is there then
        with versions.one_reading():
            in_list = queries(look)
        with versions.one_reading():
            return in_list, queries(page)

    assert costs() == (4, 4)
    promote("sale", PercentageOff, percent=20, categories=["living"])
    promote("picks", PercentageOff, percent=10, collection=Collection.objects.get())
    assert costs() == (4, 4)
    promote("few", PercentageOff, percent=30, products=["chair"], of={"usage_limit": 5})
    assert costs() == (5, 5)


def test_a_promotion_that_is_used_up_is_shown_no_longer() -> None:
    """Orders count its uses, which is no change of what is kept."""
    goods()
    few = promote("few", PercentageOff, percent=30, products=["chair"], of={"usage_limit": 5})
    assert shown() == {"chair": ["−30 %"]}

    Promotion.objects.filter(pk=few.pk).update(used=5)
    assert shown() == {}


def test_a_reduction_is_rounded_down() -> None:
    """Nothing is promised that isn't there."""
    assert browse.reduction(Decimal("6.70"), Decimal("10.00")) == 33
    assert browse.reduction(Decimal("6.67"), Decimal("10.00")) == 33
    assert browse.reduction(Decimal("10.00"), None) == 0
    assert browse.reduction(None, Decimal("10.00")) == 0
    assert browse.reduction(Decimal("12.00"), Decimal("10.00")) == 0
