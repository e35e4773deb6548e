"""Each question about the buyer has one answer: in the basket, at the checkout, over the API, and when the order is placed."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client

from tradepost.basket import services as baskets
from tradepost.basket.base import AbstractBasket
from tradepost.checkout import services as checkout
from tradepost.promotions import services as promotions
from tradepost.promotions.errors import CouponInvalid
from tradepost.promotions.models import Countries, FirstOrder, PercentageOff
from tradepost.testing import factories as make
from tradepost.testing.scenario import Scenario

pytestmark = pytest.mark.django_db
USED = "The code ONCE isn’t valid, or has already been used."
ADDRESS = {
    "name": "Ada Lovelace",
    "line1": "Main Street 1",
    "postcode": "10115",
    "city": "Berlin",
    "country": "DE",
}


def ten_percent(code: str = "once", **values: Any) -> Any:
    """10 % off everything."""
    promotion = make.promotion(code, **values)
    PercentageOff.objects.create(promotion=promotion, percent=10)
    return promotion


def basket() -> AbstractBasket:
    """A guest's, with something for 10.00."""
    created = baskets.open_basket(country="DE")
    baskets.add(created, make.variant(price="10.00", on_hand=5))
    return created


def answers(mine: AbstractBasket) -> set[tuple[Decimal | None, str]]:
    """Total and reason of a refusal, by each way to ask."""
    fresh = baskets.find_basket(uuid=mine.uuid, user=_nobody())
    assert fresh is not None
    shown = [
        baskets.totals(mine),
        baskets.totals(fresh),
        baskets.read(mine).totals,
        baskets.explain(mine).totals,
        baskets.totals_with_quotes(mine)[0],
        checkout.look(mine).totals,
    ]
    rows = {(totals.total, " ".join(e.why for e in totals.trail if not e.applied)) for totals in shown}
    api = Client().get(f"/api/v1/baskets/{mine.uuid}/").json()
    explained = Client().get(f"/api/v1/baskets/{mine.uuid}/explain/").json()
    sum_of_api = Decimal(api["totals"]["total"]["amount"])
    assert {Decimal(explained["totals"]["total"]["amount"]), sum_of_api} == {total for total, _why in rows}
    return rows


def _nobody() -> Any:
    return AnonymousUser()


def test_a_code_that_the_buyers_email_has_used_up() -> None:
    """Before anybody knows who buys it applies; from then on everybody says the same, and entering it again is refused."""
    ten_percent(coupon="ONCE").coupons.update(customer_limit=1)
    promotions.redeem(["ONCE"], owner_kind="order", owner_key="1", email="ada@example.com")
    mine = basket()
    baskets.add_coupon(mine, "once")
    mine.refresh_from_db()
    assert answers(mine) == {(Decimal("9.00"), "")}

    checkout.update(mine, email="Ada@Example.com")
    assert answers(mine) == {(Decimal("10.00"), USED)}

    baskets.remove_coupon(mine, "once")
    mine.refresh_from_db()
    with pytest.raises(CouponInvalid):
        baskets.add_coupon(mine, "once")
    mine.refresh_from_db()
    assert mine.coupon_codes == []


def test_a_first_order_is_the_first_of_the_email_everywhere() -> None:
    """Who has ordered with this address before has no first order."""
    FirstOrder.objects.create(promotion=ten_percent("first"))
    make.order(email="ada@example.com")
    mine = basket()
    assert answers(mine) == {(Decimal("9.00"), "")}

    checkout.update(mine, email="ada@example.com")

    assert answers(mine) == {(Decimal("10.00"), "It is for the first order only.")}


def test_the_country_is_that_of_the_address_everywhere() -> None:
    """Not that which the basket was opened for."""
    Countries.objects.create(promotion=ten_percent("here"), codes=["DE"])
    mine = basket()
    assert answers(mine) == {(Decimal("9.00"), "")}

    checkout.update(mine, shipping_address={**ADDRESS, "country": "AT", "postcode": "1010", "city": "Wien"})

    assert answers(mine) == {(Decimal("10.00"), "It is for deliveries to these countries only: DE.")}


def test_a_customers_own_email_counts_before_the_checkout() -> None:
    """Signed in, with orders from before that were a guest's."""
    FirstOrder.objects.create(promotion=ten_percent("first"))
    make.order(email="ada@example.com")
    hers = baskets.open_basket(customer=make.customer(email="ada@example.com"))
    baskets.add(hers, make.variant(price="10.00", on_hand=5))

    assert baskets.totals(hers).total == checkout.look(hers).totals.total == Decimal("10.00")


def test_what_the_basket_shows_is_what_is_ordered() -> None:
    """Delivery and all: the total of the basket's page is taken by the placing of the order."""
    scenario = Scenario().basket(lines=2)
    mine = scenario.ready()
    shown = baskets.totals(mine).total
    assert shown == checkout.look(mine).totals.total

    assert scenario.placed().total == shown


def test_the_checkouts_page_shows_coupons_with_their_reasons_and_takes_a_code(client: Client) -> None:
    """A wrong one is refused beside the field, a right one lowers the total, and one that doesn't apply says why."""
    once = ten_percent(coupon="ONCE")
    variant = make.variant(price="10.00", on_hand=5)
    client.post("/basket/add/", {"sku": variant.sku, "quantity": 1})

    refused = client.post("/basket/coupon/", {"code": "nothing", "next": "/checkout/"})
    assert refused.status_code == 409
    assert "This code isn’t valid" in refused.content.decode()
    assert 'id="checkout"' in refused.content.decode()

    taken = client.post("/basket/coupon/", {"code": "once", "next": "/checkout/"})
    assert (taken.status_code, taken["Location"]) == (303, "/checkout/")
    assert "ONCE" in client.get("/checkout/").content.decode()

    once.coupons.update(usage_limit=1, used=1)
    page = client.get("/checkout/").content.decode()
    assert "The code ONCE isn’t valid, or has already been used." in page
    assert 'name="remove" value="ONCE"' in page
