"""How many orders may have a promotion, in all and of one customer, whatever codes it is unlocked by."""

from __future__ import annotations

import threading
from decimal import Decimal
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.db.models import F, Q
from django.test.utils import CaptureQueriesContext

from tradepost.basket import services as baskets
from tradepost.basket.base import AbstractBasket
from tradepost.core import versions
from tradepost.core.dates import clock
from tradepost.promotions import services
from tradepost.promotions.errors import PromotionRefused
from tradepost.promotions.models import CouponRedemption, PercentageOff, Promotion, PromotionUse
from tradepost.promotions.services import redemption, usable_coupons
from tradepost.testing import factories as make
from tradepost.testing.races import together

ORDERS = ["1", "2", "3", "4", "5"]


def spring(**values: Any) -> Promotion:
    """10 % off everything, with limits."""
    promotion = make.promotion("spring", **values)
    PercentageOff.objects.create(promotion=promotion, percent=10)
    return promotion


def take(order: str = "1", codes: tuple[str, ...] = (), **who: Any) -> None:
    """Place an order."""
    services.redeem(codes, owner_kind="order", owner_key=order, discounts={"spring": Decimal(1)}, **who)


def refusal_of(order: str, **values: Any) -> str:
    """Why an order can't have it."""
    with pytest.raises(PromotionRefused) as refusal, transaction.atomic():
        take(order, **values)
    assert refusal.value.context["promotion"] == "spring"
    return str(refusal.value.context["reason"])


def basket(**values: Any) -> AbstractBasket:
    """With something for 10.00."""
    result = baskets.open_basket(**values)
    baskets.add(result, make.variant(price="10.00", on_hand=5))
    return result


def shown(basket: AbstractBasket) -> tuple[Decimal, list[str]]:
    """The total of a basket, and why promotions don't apply."""
    totals = baskets.totals(basket)
    return totals.total, [entry.code for entry in totals.trail if not entry.applied]


@pytest.mark.django_db
def test_so_many_orders_may_have_it_in_all() -> None:
    """Then the basket says so; one that is given back may be had again."""
    offer = spring(usage_limit=2)
    theirs = basket()
    assert shown(theirs) == (Decimal("9.00"), [])

    for order in ("1", "2", "2"):
        take(order)

    assert refusal_of("3") == "used_up"
    offer.refresh_from_db()
    assert (offer.used, offer.spent, PromotionUse.objects.count()) == (2, Decimal(2), 2)
    assert shown(theirs) == (Decimal("10.00"), ["used_up"])

    for _ in range(2):
        services.give_back("order", "1")
    offer.refresh_from_db()
    assert (offer.used, offer.spent) == (1, Decimal(1))
    assert shown(theirs) == (Decimal("9.00"), [])
    take("3")


@pytest.mark.django_db
def test_a_customer_may_have_it_so_often_by_whatever_code_of_a_batch() -> None:
    """Known by account or e-mail; a refusal redeems no code."""
    offer = spring(customer_limit=1, coupon="FIRST")
    services.make_coupons(offer, 2, prefix="SPRING-")
    first, second = (f"{coupon.code}" for coupon in offer.coupons.filter(code__startswith="SPRING-"))
    ada = make.customer(email="ada@example.com")

    take("1", (first,), customer_id=ada.pk, email="Ada@example.com")

    assert refusal_of("2", codes=(second,), customer_id=ada.pk) == "used_before"
    assert refusal_of("3", codes=(second,), email="ada@EXAMPLE.com") == "used_before"
    assert CouponRedemption.objects.count() == 1
    hers = basket(customer=ada)
    baskets.add_coupon(hers, second)
    hers.refresh_from_db()
    assert shown(hers) == (Decimal("10.00"), ["used_before"])
    take("4", (second,), email="bob@example.com")


@pytest.mark.django_db
def test_a_guest_may_have_it_as_long_as_nobody_knows_who_they_are() -> None:
    """Who they are is known when they order."""
    spring(customer_limit=1)
    take("1", email="ada@example.com")

    assert shown(basket()) == (Decimal("9.00"), [])
    assert refusal_of("2", email="ada@example.com") == "used_before"


@pytest.mark.django_db
def test_a_limit_below_what_was_used_is_refused() -> None:
    """And a form that was opened before an order does not forget it."""
    offer = spring(usage_limit=5)
    before = Promotion.objects.get()
    take("1")
    take("2")
    before.save()
    offer.refresh_from_db()
    assert offer.used == 2

    offer.usage_limit = 1
    with pytest.raises(ValidationError) as refusal:
        offer.full_clean()

    assert list(refusal.value.message_dict) == ["usage_limit"]


@pytest.mark.django_db
def test_uses_from_before_there_were_limits_are_counted_by_the_migration() -> None:
    """So that giving them back doesn't count below nothing."""
    offer = spring(budget=Decimal(50), currency="EUR")
    make.promotion("other")
    take("1")
    take("2")
    Promotion.objects.update(used=0)

    import_module("tradepost.promotions.migrations.0003_count_promotion_uses").count_uses(
        apps, connection.schema_editor()
    )

    assert dict(Promotion.objects.values_list("code", "used")) == {"spring": 2, "other": 0}
    services.give_back("order", "1")
    offer.refresh_from_db()
    assert (offer.used, offer.spent) == (1, Decimal(1))


@pytest.mark.django_db
def test_a_shop_without_limits_asks_nothing() -> None:
    """That there are none is known from what is kept of promotions."""
    spring()

    with versions.one_reading():
        services.rules(at=clock.now(), channel="web")
        with CaptureQueriesContext(connection) as seen:
            take("1")

    assert not [query for query in seen.captured_queries if "SAVEPOINT" not in query["sql"]]
    assert not PromotionUse.objects.exists()


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_five_orders_at_once_are_no_more_than_may_be() -> None:
    """The third is refused, and whoever comes later."""
    offer = spring(usage_limit=2)

    results = together([lambda key=key: take(key) for key in ORDERS])

    assert [result.context["reason"] for result in results if result] == ["used_up"] * 3
    offer.refresh_from_db()
    assert (offer.used, PromotionUse.objects.count()) == (2, 2)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_one_customer_at_five_orders_at_once_has_it_once() -> None:
    """By five codes of one batch."""
    offer = spring(customer_limit=1, needs_coupon=True)
    codes = [coupon.code for coupon in services.make_coupons(offer, 5)]
    ada = make.customer()

    results = together(
        [
            lambda key=key, code=code: take(key, (code,), customer_id=ada.pk)
            for key, code in zip(ORDERS, codes, strict=True)
        ]
    )

    assert [result.context["reason"] for result in results if result] == ["used_before"] * 4
    assert (PromotionUse.objects.count(), CouponRedemption.objects.count()) == (1, 1)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_without_the_lock_one_customer_has_it_five_times() -> None:
    """The control: all five count none."""
    offer = spring(customer_limit=1)
    ada = make.customer()
    all_have_counted = threading.Barrier(len(ORDERS))

    def take_without_a_lock(key: str) -> None:
        with transaction.atomic():
            _mine, uses = redemption._uses_of_promotions([offer.pk], Q(pk=None), usable_coupons.uses_by(ada.pk, ""))
            all_have_counted.wait(timeout=10)
            redemption._check_promotion(offer, Decimal(1), uses.get(offer.pk, 0))
            PromotionUse.objects.create(promotion=offer, customer=ada, owner_kind="order", owner_key=key, amount=1)

    assert together([lambda key=key: take_without_a_lock(key) for key in ORDERS]) == [None] * 5
    assert PromotionUse.objects.count() == 5


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_without_the_lock_the_database_still_holds_the_limit() -> None:
    """The other control: who forgot the lock meets an error, not one order more."""
    spring(usage_limit=1)
    all_have_read = threading.Barrier(2)

    def take_without_a_lock() -> None:
        with transaction.atomic():
            redemption._check_promotion(Promotion.objects.get(), Decimal(1), 0)
            all_have_read.wait(timeout=10)
            Promotion.objects.update(used=F("used") + 1)

    results = together([take_without_a_lock] * 2)

    assert sorted(type(result) for result in results if result) == [IntegrityError]
    assert Promotion.objects.get().used == 1
