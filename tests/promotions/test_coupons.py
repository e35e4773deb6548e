"""Coupons: redeeming them under their limits, and giving them back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tradepost.core.dates import clock
from tradepost.promotions import services
from tradepost.promotions.errors import CouponRefused
from tradepost.promotions.models import Coupon, CouponRedemption, PercentageOff
from tradepost.testing import factories as make

pytestmark = pytest.mark.django_db


def coupon(code: str = "TEN", **limits: Any) -> Coupon:
    """A coupon for ten percent off."""
    promotion = make.promotion(coupon=code)
    PercentageOff.objects.create(promotion=promotion, percent=10)
    promotion.coupons.update(**limits)
    return promotion.coupons.get()


def redeem(*codes: str, order: str = "1", **who: Any) -> None:
    """Redeem for an order."""
    services.redeem(codes, owner_kind="order", owner_key=order, **who)


def test_once_for_each_customer() -> None:
    """First yes, second no, another customer yes; the same order again changes nothing."""
    ten, ada, eve = coupon(customer_limit=1), make.customer(), make.customer()

    redeem("ten", customer_id=ada.pk)
    redeem("TEN", customer_id=ada.pk)
    with pytest.raises(CouponRefused) as refusal:
        redeem("TEN", order="2", customer_id=ada.pk)
    redeem("TEN", order="3", customer_id=eve.pk)

    assert refusal.value.context == {"coupon": "TEN", "reason": "used_before"}
    ten.refresh_from_db()
    assert ten.used == 2
    assert list(ten.redemptions.order_by("pk").values_list("owner_key", "customer")) == [("1", ada.pk), ("3", eve.pk)]


def test_guests_are_counted_by_their_email() -> None:
    """Without case; and who signs in later is the same person."""
    coupon(customer_limit=1)
    redeem("TEN", email="Ada@example.com")

    for who in ({"email": "ada@EXAMPLE.com"}, {"customer_id": make.customer().pk, "email": "ada@example.com"}):
        with pytest.raises(CouponRefused):
            redeem("TEN", order="2", **who)
    redeem("TEN", order="3", email="eve@example.com")

    assert CouponRedemption.objects.count() == 2


@pytest.mark.parametrize(
    ("limits", "reason"),
    [
        ({"usage_limit": 1, "used": 1}, "used_up"),
        ({"is_active": False}, "invalid"),
        ({"ends_at": clock.now() - timedelta(days=1)}, "invalid"),
        ({"starts_at": clock.now() + timedelta(days=1)}, "invalid"),
    ],
)
def test_one_that_is_refused_redeems_none(limits: dict, reason: str) -> None:
    """All or nothing."""
    coupon("GOOD")
    coupon("BAD", **limits)
    before = list(Coupon.objects.order_by("pk").values_list("used", flat=True))

    with pytest.raises(CouponRefused) as refusal:
        redeem("GOOD", "BAD")
    with pytest.raises(CouponRefused):
        redeem("GOOD", "UNKNOWN")

    assert refusal.value.context == {"coupon": "BAD", "reason": reason}
    assert list(Coupon.objects.order_by("pk").values_list("used", flat=True)) == before
    assert not CouponRedemption.objects.exists()


def test_a_coupon_is_valid_at_both_ends_of_its_dates() -> None:
    """Not a microsecond before or after."""
    first = clock.now()
    last, tick = first + timedelta(days=1), timedelta(microseconds=1)
    ten = coupon(starts_at=first, ends_at=last)

    def offered(at: Any) -> bool:
        return bool(services.rules(at=at, channel="web", coupon_codes=["TEN"]).promotions)

    assert [offered(at) for at in (first - tick, first, last, last + tick)] == [False, True, True, False]
    assert [ten.is_valid(at) for at in (first - tick, first, last, last + tick)] == [False, True, True, False]


def test_what_is_given_back_can_be_used_again() -> None:
    """Once, however often it is given back."""
    ten = coupon(usage_limit=1)
    redeem("TEN")

    services.give_back("order", "1")
    services.give_back("order", "1")
    services.give_back("order", "2")

    ten.refresh_from_db()
    assert (ten.used, ten.redemptions.count()) == (0, 0)
    redeem("TEN", order="2")


def test_without_codes_nothing_is_asked() -> None:
    """Most orders have none."""
    with CaptureQueriesContext(connection) as seen:
        services.redeem([], owner_kind="order", owner_key="1")

    assert not [query for query in seen.captured_queries if "SAVEPOINT" not in query["sql"]]


def test_promotions_are_of_a_channel_and_a_time() -> None:
    """And those that need a coupon wait for it."""
    now = clock.now()
    for code, values in {
        "always": {},
        "pos": {"channel": "pos"},
        "off": {"is_active": False},
        "over": {"ends_at": now - timedelta(days=1)},
        "later": {"starts_at": now + timedelta(days=1)},
    }.items():
        PercentageOff.objects.create(promotion=make.promotion(code, **values), percent=5)
    coupon()

    def codes(channel: str = "web", **values: Any) -> list[str]:
        return [rule.code for rule in services.rules(at=now, channel=channel, **values).promotions]

    assert codes() == ["always"]
    assert codes("pos") == ["always", "pos"]
    assert len(codes(coupon_codes=["ten", "nope"])) == 2


def test_a_coupon_that_was_used_by_the_buyer_is_told_early() -> None:
    """As soon as it is known who buys."""
    coupon(customer_limit=1)
    ada = make.customer()
    redeem("TEN", customer_id=ada.pk, email=ada.email)

    def refused(**who: Any) -> list[str]:
        result = services.rules(at=clock.now(), channel="web", coupon_codes=["TEN"], **who)
        return [entry.coupon for entry in result.refusals]

    assert refused() == []
    assert refused(customer_id=ada.pk) == refused(email=ada.email.upper()) == ["TEN"]
    assert refused(customer_id=make.customer().pk) == []


def test_rules_cost_two_queries_however_many_there_are() -> None:
    """With all kinds of conditions and benefits."""
    for number in range(5):
        coupon(f"TEN{number}")

    services.rules(at=clock.now(), channel="web")  # what is kept in the process is there then
    with CaptureQueriesContext(connection) as seen:
        result = services.rules(
            at=clock.now(), channel="web", coupon_codes=[f"TEN{n}" for n in range(5)], customer_id=1, email="a@b.c"
        )

    assert len(result.promotions) == 5
    assert len(seen.captured_queries) == 2
