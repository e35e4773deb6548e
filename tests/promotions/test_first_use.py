"""A new owner's only coupon or promotion: counted where it is checked, and refused as ever where it can't be used any more."""

from __future__ import annotations

import threading
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from tradepost.core import versions
from tradepost.core.dates import clock
from tradepost.promotions import services
from tradepost.promotions.errors import CouponRefused, PromotionRefused
from tradepost.promotions.models import Coupon, CouponRedemption, PercentageOff, Promotion, PromotionUse
from tradepost.promotions.services import first_use
from tradepost.testing import factories as make
from tradepost.testing.races import together

ORDERS = ["1", "2", "3", "4", "5"]
EMAIL = "ada@example.com"


def promotion(code: str = "ten", *, coupon: str = "TEN", **values: Any) -> Promotion:
    """Ten percent off, by a coupon."""
    created = make.promotion(code, coupon=coupon, **values)
    PercentageOff.objects.create(promotion=created, percent=10)
    return created


def seen(*codes: str) -> Any:
    """The coupons as a buyer's basket shows them."""
    return services.rules(at=clock.now(), channel="web", coupon_codes=codes, email=EMAIL).coupons


def redeem(coupons: Any, order: str = "1", **values: Any) -> None:
    """Redeem for a new order."""
    services.redeem(coupons, owner_kind="order", owner_key=order, email=EMAIL, seen=coupons, **values)


def statements(captured: CaptureQueriesContext) -> list[str]:
    """The verbs of what was asked and written, savepoints and versions aside."""
    words = (query["sql"] for query in captured.captured_queries)
    return [sql.split()[0] for sql in words if not sql.startswith(("SAVEPOINT", "RELEASE", "SELECT kind"))]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        ({}, ["UPDATE", "INSERT"]),
        ({"usage_limit": 3}, ["UPDATE", "INSERT"]),
        ({"customer_limit": 3}, ["UPDATE", "SELECT", "INSERT"]),
    ],
)
def test_a_coupon_costs_two_statements_and_one_for_a_customers_limit(limits: Any, expected: list[str]) -> None:
    """Whatever its promotion is."""
    promotion().coupons.update(**limits)
    with versions.one_reading():
        coupons = seen("TEN")

        with CaptureQueriesContext(connection) as capture_queries_context:
            redeem(coupons)

    assert statements(capture_queries_context) == expected
    assert Coupon.objects.get().used == 1
    assert list(CouponRedemption.objects.values_list("owner_key", "email")) == [("1", EMAIL)]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        ({"budget": Decimal(5), "currency": "EUR"}, ["UPDATE", "INSERT"]),
        ({"usage_limit": 3}, ["UPDATE", "INSERT"]),
        ({"customer_limit": 3}, ["UPDATE", "SELECT", "INSERT"]),
    ],
)
def test_so_does_a_promotion_with_a_limit(limits: Any, expected: list[str]) -> None:
    """And one without a limit costs none."""
    offer = promotion(coupon="", **limits)
    promotion("free", coupon="")
    with versions.one_reading():
        seen()

        with CaptureQueriesContext(connection) as capture_queries_context:
            redeem({}, discounts={"ten": Decimal("5.00"), "free": Decimal("1.00")})

    assert statements(capture_queries_context) == expected
    offer.refresh_from_db()
    assert (offer.used, offer.spent) == (1, Decimal(5))
    assert list(PromotionUse.objects.values_list("promotion", "owner_key", "amount")) == [(offer.pk, "1", Decimal(5))]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"usage_limit": 1, "used": 1}, "used_up"),
        ({"is_active": False}, "invalid"),
        ({"ends_at": clock.now()}, "invalid"),
    ],
)
def test_what_has_changed_since_it_was_seen_is_refused(change: Any, reason: str) -> None:
    """With the reason that redeeming gives; nothing is written."""
    promotion().coupons.update(usage_limit=2)
    coupons = seen("TEN")
    Coupon.objects.update(**change)
    before = Coupon.objects.values().get()

    with pytest.raises(CouponRefused) as refusal, transaction.atomic():
        redeem(coupons)

    assert refusal.value.context == {"coupon": "TEN", "reason": reason}
    assert Coupon.objects.values().get() == before
    assert not CouponRedemption.objects.exists()


@pytest.mark.django_db
def test_a_buyer_who_has_used_it_meanwhile_is_refused() -> None:
    """Of a coupon and of a promotion, by whatever limit counts now."""
    offer = promotion(customer_limit=1)
    offer.coupons.update(customer_limit=2)
    coupons = seen("TEN")
    redeem(coupons, discounts={"ten": Decimal(1)})

    with pytest.raises(PromotionRefused) as refusal, transaction.atomic():
        redeem(coupons, "2", discounts={"ten": Decimal(1)})
    assert refusal.value.context == {"promotion": "ten", "reason": "used_before"}
    Coupon.objects.update(customer_limit=1)
    with pytest.raises(CouponRefused) as refused, transaction.atomic():
        redeem(coupons, "2")

    assert refused.value.context == {"coupon": "TEN", "reason": "used_before"}
    offer.refresh_from_db()
    assert (offer.used, offer.spent, Coupon.objects.get().used) == (1, Decimal(1), 1)
    assert list(CouponRedemption.objects.values_list("owner_key", flat=True)) == ["1"]


@pytest.mark.django_db
def test_a_budget_that_has_less_left_is_refused() -> None:
    """To the cent; and what is left can be had."""
    offer = promotion(coupon="", budget=Decimal("10.00"), currency="EUR")
    redeem({}, discounts={"ten": Decimal("6.10")})

    with pytest.raises(PromotionRefused) as refusal, transaction.atomic():
        redeem({}, "2", discounts={"ten": Decimal("3.91")})
    redeem({}, "3", discounts={"ten": Decimal("3.90")})

    assert refusal.value.context == {"promotion": "ten", "reason": "budget_spent"}
    offer.refresh_from_db()
    assert (offer.spent, offer.used) == (Decimal(10), 2)


@pytest.mark.django_db
def test_several_are_all_used_or_none() -> None:
    """They are locked in one order first."""
    promotion()
    promotion("five", coupon="FIVE").coupons.update(usage_limit=1)
    coupons = seen("TEN", "FIVE")
    redeem(coupons)

    with pytest.raises(CouponRefused) as refusal, transaction.atomic():
        redeem(coupons, "2")

    assert refusal.value.context == {"coupon": "FIVE", "reason": "used_up"}
    assert list(Coupon.objects.order_by("pk").values_list("code", "used")) == [("TEN", 1), ("FIVE", 1)]
    assert CouponRedemption.objects.count() == 2


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("limits", "reason"), [({"usage_limit": 2}, "used_up"), ({"customer_limit": 2}, "used_before")]
)
def test_of_five_new_orders_at_once_two_use_it(limits: Any, reason: str) -> None:
    """The update's condition holds what all may use, the count after it what one may."""
    promotion().coupons.update(**limits)
    coupons = seen("TEN")

    results = together([lambda key=key: redeem(coupons, key) for key in ORDERS])

    assert [result.context["reason"] for result in results if result] == [reason] * 3
    assert (Coupon.objects.get().used, CouponRedemption.objects.count()) == (2, 2)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("limits", "reason"),
    [({"budget": Decimal(2), "currency": "EUR"}, "budget_spent"), ({"customer_limit": 2}, "used_before")],
)
def test_of_five_new_orders_at_once_two_have_the_promotion(limits: Any, reason: str) -> None:
    """Its budget and the limit of a customer."""
    offer = promotion(coupon="", **limits)

    results = together([lambda key=key: redeem({}, key, discounts={"ten": Decimal(1)}) for key in ORDERS])

    assert [result.context["reason"] for result in results if result] == [reason] * 3
    offer.refresh_from_db()
    assert (offer.used, offer.spent, PromotionUse.objects.count()) == (2, Decimal(2), 2)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_counted_before_the_update_five_would_use_it() -> None:
    """The control: who counts a customer's uses before the row is theirs counts none."""
    promotion().coupons.update(customer_limit=2)
    coupon = seen("TEN")["TEN"]
    all_have_counted = threading.Barrier(len(ORDERS))

    def redeem_in_the_wrong_order(key: str) -> None:
        with transaction.atomic():
            use = first_use.Use("order", key, None, EMAIL)
            uses = CouponRedemption.objects.filter(coupon_id=coupon.pk)
            assert not first_use._is_used_before(uses, use, coupon.customer_limit)
            all_have_counted.wait(timeout=10)
            CouponRedemption.objects.create(coupon_id=coupon.pk, **use.columns)

    assert together([lambda key=key: redeem_in_the_wrong_order(key) for key in ORDERS]) == [None] * 5
    assert CouponRedemption.objects.count() == 5
