"""Budgets: the most that a promotion may give away in all."""

from __future__ import annotations

import threading
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F

from tradepost.basket import services as baskets
from tradepost.core.dates import clock
from tradepost.promotions import services
from tradepost.promotions.errors import CouponRefused, PromotionRefused
from tradepost.promotions.models import CouponRedemption, PercentageOff, Promotion, PromotionUse
from tradepost.testing import factories as make
from tradepost.testing.races import together

ORDERS = ["1", "2", "3", "4", "5"]


def spring(**values: Any) -> Promotion:
    """Half of everything, 25.00 in all."""
    promotion = make.promotion("spring", **{"budget": Decimal(25), "currency": "EUR", **values})
    PercentageOff.objects.create(promotion=promotion, percent=50)
    return promotion


def spend(amount: str, order: str = "1", codes: tuple[str, ...] = ()) -> None:
    """Place an order."""
    services.redeem(
        codes, owner_kind="order", owner_key=order, discounts={"spring": Decimal(amount), "other": Decimal(1)}
    )


@pytest.mark.django_db
def test_a_budget_is_spent_and_given_back() -> None:
    """Once for each order, however often it is told."""
    offer = spring()
    make.promotion("other")

    for _ in range(2):
        spend("10.00")
    spend("15.00", order="2")
    offer.refresh_from_db()
    assert (offer.spent, offer.most, PromotionUse.objects.count()) == (Decimal(25), Decimal(0), 2)

    for _ in range(2):
        services.give_back("order", "1")
    offer.refresh_from_db()
    assert (offer.spent, offer.most, PromotionUse.objects.get().owner_key) == (Decimal(15), Decimal(10), "2")


@pytest.mark.django_db
def test_more_than_the_budget_is_refused_and_nothing_is_used() -> None:
    """No coupon either."""
    offer = spring()
    make.promotion(coupon="TEN")
    spend("20.00")

    with pytest.raises(PromotionRefused) as refusal, transaction.atomic():
        spend("5.01", order="2", codes=("TEN",))

    assert refusal.value.context == {"promotion": "spring", "reason": "budget_spent"}
    offer.refresh_from_db()
    assert (offer.spent, PromotionUse.objects.count(), CouponRedemption.objects.count()) == (Decimal(20), 1, 0)


@pytest.mark.django_db
def test_an_order_gets_what_is_left_of_a_budget() -> None:
    """And then none."""
    spring()
    basket = baskets.open_basket()
    baskets.add(basket, make.variant(price="60.00"))

    assert baskets.totals(basket).discount == Decimal(25)
    spend("18.00")
    assert baskets.totals(basket).discount == Decimal(7)
    spend("7.00", order="2")
    totals = baskets.totals(basket)
    assert (totals.discount, [e.code for e in totals.trail if not e.applied]) == (Decimal(0), ["budget_spent"])


@pytest.mark.django_db
def test_the_smaller_of_two_limits_holds() -> None:
    """Of one order, and of all."""
    assert spring(max_discount=Decimal(4)).most == Decimal(4)
    assert Promotion(max_discount=Decimal(4), budget=Decimal(9), spent=Decimal(7)).most == Decimal(2)
    assert Promotion().most is None


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"budget": Decimal(5)}, "currency"),
        ({"max_discount": Decimal(5), "currency": "XXQ"}, "currency"),
        ({"budget": Decimal("5.001"), "currency": "EUR"}, "budget"),
        ({"max_discount": Decimal(-1), "currency": "EUR"}, "max_discount"),
        ({"budget": Decimal(5), "currency": "EUR", "spent": Decimal(6)}, "budget"),
    ],
)
def test_amounts_that_make_no_sense_are_refused(values: dict[str, Any], field: str) -> None:
    """Before they are stored."""
    with pytest.raises(ValidationError) as refusal:
        Promotion(code="a", name="A", **values).full_clean()

    assert list(refusal.value.message_dict) == [field]


@pytest.mark.django_db
def test_a_form_that_was_opened_before_an_order_does_not_forget_it() -> None:
    """The counters are written by the services that count."""
    offer = spring()
    spend("10.00")

    offer.name = "Summer"
    offer.save()

    offer.refresh_from_db()
    assert (offer.name, offer.spent) == ("Summer", Decimal(10))


@pytest.mark.django_db
def test_a_code_can_be_looked_at_before_it_is_used() -> None:
    """It tells as redeeming would."""
    make.promotion(coupon="TEN").coupons.update(usage_limit=1, ends_at=clock.now())

    services.check_coupons([])
    with pytest.raises(CouponRefused) as refusal:
        services.check_coupons(["ten", "nope"])

    assert refusal.value.context["reason"] == "invalid"


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_five_orders_at_once_spend_no_more_than_there_is() -> None:
    """Of five times 10.00 two fit."""
    offer = spring()

    results = together([lambda key=key: spend("10.00", order=key) for key in ORDERS])

    assert sorted(getattr(result, "code", "") for result in results) == ["", "", *["promotion_refused"] * 3]
    offer.refresh_from_db()
    assert (offer.spent, PromotionUse.objects.count()) == (Decimal(20), 2)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_giving_back_at_once_gives_back_once() -> None:
    """The amount spent doesn't fall below the amount used."""
    offer = spring()
    spend("10.00")
    spend("5.00", order="2")

    assert together([lambda: services.give_back("order", "1")] * 4) == [None] * 4

    offer.refresh_from_db()
    assert offer.spent == Decimal(5)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_without_the_lock_only_the_database_holds_the_budget() -> None:
    """The control: all have seen that there is enough, and who is too late meets an error."""
    offer = spring()
    all_have_looked = threading.Barrier(len(ORDERS))

    def spend_without_a_lock() -> None:
        with transaction.atomic():
            seen = Promotion.objects.get()
            all_have_looked.wait(timeout=10)
            assert seen.most == Decimal(25)
            Promotion.objects.update(spent=F("spent") + 10)

    results = together([spend_without_a_lock] * len(ORDERS))

    assert [type(result) for result in results if result] == [IntegrityError] * 3
    offer.refresh_from_db()
    assert offer.spent == Decimal(20)
