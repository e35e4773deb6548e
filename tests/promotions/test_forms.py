"""Refusals that the admin's form reports, and never the database."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from tradepost.core.dates import clock
from tradepost.core.errors import Invalid
from tradepost.pricing.models import Price, PriceList
from tradepost.promotions.models import Coupon
from tradepost.promotions.services import make_coupons
from tradepost.testing import factories as make

pytestmark = pytest.mark.django_db


def test_a_code_is_measured_in_capitals(admin_client: Client) -> None:
    """Forty ``ß`` are eighty letters in capitals: the form says so, on every database; twenty fit."""
    promotion = make.promotion()
    url = reverse("admin:tradepost_promotions_coupon_add")
    posted = {"promotion": promotion.pk, "is_active": "on"}

    refused = admin_client.post(url, {**posted, "code": "ß" * 40})
    assert refused.status_code == 200
    assert "code" in refused.context["adminform"].form.errors
    assert not Coupon.objects.exists()

    assert admin_client.post(url, {**posted, "code": " " + "ß" * 20}).status_code == 302
    assert Coupon.objects.get().code == "SS" * 20


def test_a_limit_below_what_was_used_is_an_error_of_the_form(admin_client: Client) -> None:
    """Of a coupon as of a promotion; nothing has changed."""
    coupon = Coupon.objects.create(promotion=make.promotion(), code="SPRING", usage_limit=9)
    Coupon.objects.filter(pk=coupon.pk).update(used=5)
    url = reverse("admin:tradepost_promotions_coupon_change", args=[coupon.pk])
    posted = {"promotion": coupon.promotion_id, "code": "SPRING", "is_active": "on"}

    refused = admin_client.post(url, {**posted, "usage_limit": 4})
    assert refused.context["adminform"].form.errors == {"usage_limit": ["More orders than that have it already."]}
    assert Coupon.objects.get().usage_limit == 9

    assert admin_client.post(url, {**posted, "usage_limit": 5}).status_code == 302
    assert (Coupon.objects.get().usage_limit, Coupon.objects.get().used) == (5, 5)


def test_a_price_for_what_has_one_is_an_error_of_the_form(admin_client: Client) -> None:
    """Though the form only shows whose price it is, and asks for the number of units."""
    variant = make.variant(price="10.00")
    tier = make.price(variant, "9.00", min_quantity=10)
    url = reverse("admin:tradepost_pricing_price_change", args=[tier.pk])

    refused = admin_client.post(url, {"min_quantity": 1, "amount": "9.00"})

    assert refused.status_code == 200
    assert refused.context["adminform"].form.errors
    assert sorted(Price.objects.values_list("min_quantity", flat=True)) == [1, 10]


@pytest.mark.parametrize("kind", ["coupon", "promotion", "price list"])
def test_what_ends_before_it_starts_is_refused(kind: str) -> None:
    """Beginning and end at once are a moment, and fine; so is an open end."""
    now = clock.now()
    rows: dict[str, Any] = {
        "coupon": Coupon(promotion=make.promotion(), code="SPRING"),
        "promotion": make.promotion(),
        "price list": PriceList(name="Sale", code="sale", currency="EUR"),
    }
    row = rows[kind]

    row.starts_at, row.ends_at = now, now - timedelta(seconds=1)
    with pytest.raises(ValidationError) as refusal:
        row.clean()
    assert refusal.value.message_dict == {"ends_at": ["It ends before it starts."]}

    for begin, end in ((now, now), (None, now), (now, None)):
        row.starts_at, row.ends_at = begin, end
        row.clean()


def test_a_batch_that_ends_before_it_starts_is_not_made() -> None:
    """By the admin's button and by a program alike."""
    now = clock.now()

    with pytest.raises(Invalid) as refusal:
        make_coupons(make.promotion(), 2, starts_at=now, ends_at=now - timedelta(days=1))

    assert refusal.value.context["attr"] == "ends_at"
    assert not Coupon.objects.exists()
