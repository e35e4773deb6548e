"""Coupons under races, on PostgreSQL; with controls that show what the lock holds."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.models import F, Q

from tradepost.promotions import services
from tradepost.promotions.models import Coupon, CouponRedemption
from tradepost.promotions.services import redemption, usable_coupons
from tradepost.testing import factories as make
from tradepost.testing.races import together

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
ORDERS = ["1", "2", "3", "4", "5"]


def coupon(**limits: Any) -> None:
    """A coupon with limits."""
    make.promotion(coupon="TEN")
    Coupon.objects.update(**limits)


def test_a_single_use_at_five_orders_at_once_is_one() -> None:
    """Four are refused, and one redemption is stored."""
    coupon(usage_limit=1)

    results = together([lambda key=key: services.redeem(["TEN"], owner_kind="order", owner_key=key) for key in ORDERS])

    assert sorted(getattr(result, "code", "") for result in results) == ["", *["coupon_refused"] * 4]
    assert [result.context["reason"] for result in results if result] == ["used_up"] * 4
    assert CouponRedemption.objects.count() == 1
    assert Coupon.objects.get().used == 1


def test_one_order_redeems_once_however_often_it_is_completed_at_once() -> None:
    """The others find it done."""
    coupon(usage_limit=1)

    results = together([lambda: services.redeem(["TEN"], owner_kind="order", owner_key="1")] * 4)

    assert results == [None] * 4
    assert CouponRedemption.objects.count() == 1
    assert Coupon.objects.get().used == 1


def test_one_customer_at_five_orders_at_once_uses_it_once() -> None:
    """The limit of a customer is counted under the coupon's lock."""
    coupon(customer_limit=1)
    ada = make.customer()

    results = together(
        [
            lambda key=key: services.redeem(["TEN"], owner_kind="order", owner_key=key, customer_id=ada.pk)
            for key in ORDERS
        ]
    )

    assert [result.context["reason"] for result in results if result] == ["used_before"] * 4
    assert CouponRedemption.objects.count() == 1


def test_without_the_lock_one_customer_uses_it_five_times() -> None:
    """The control: all five count none."""
    coupon(customer_limit=1)
    ada = make.customer()
    all_have_counted = threading.Barrier(len(ORDERS))

    def redeem_without_a_lock(key: str) -> None:
        with transaction.atomic():
            ten = Coupon.objects.get()
            _mine, uses = redemption._uses([ten.pk], Q(pk=None), usable_coupons.uses_by(ada.pk, ""))
            all_have_counted.wait(timeout=10)
            redemption._check("TEN", ten, uses.get(ten.pk, 0))
            CouponRedemption.objects.create(coupon=ten, customer=ada, owner_kind="order", owner_key=key)

    assert together([lambda key=key: redeem_without_a_lock(key) for key in ORDERS]) == [None] * 5
    assert CouponRedemption.objects.count() == 5


def test_without_the_lock_the_database_still_holds_the_limit() -> None:
    """The other control: who forgot the lock meets an error, not a second use."""
    coupon(usage_limit=1)
    all_have_read = threading.Barrier(2)

    def redeem_without_a_lock() -> None:
        with transaction.atomic():
            redemption._check("TEN", Coupon.objects.get(), 0)
            all_have_read.wait(timeout=10)
            Coupon.objects.update(used=F("used") + 1)

    results = together([redeem_without_a_lock] * 2)

    assert sorted(type(result) for result in results if result) == [IntegrityError]
    assert Coupon.objects.get().used == 1


def test_giving_back_at_once_gives_back_once() -> None:
    """The count doesn't fall below what is used."""
    coupon(usage_limit=2)
    for key in ORDERS[:2]:
        services.redeem(["TEN"], owner_kind="order", owner_key=key)

    results = together([lambda: services.give_back("order", "1")] * 4)

    assert results == [None] * 4
    assert Coupon.objects.get().used == 1
    assert CouponRedemption.objects.count() == 1
