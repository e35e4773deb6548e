"""Promotions in the admin."""

from __future__ import annotations

from datetime import time
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from tradepost.core.db.polymorphic import kinds_of
from tradepost.customers.models import CustomerGroup
from tradepost.promotions.models import (
    AmountOff,
    Benefit,
    BundlePrice,
    BuyGet,
    CheapestFree,
    Condition,
    Countries,
    Coupon,
    CouponRedemption,
    CustomerGroups,
    FirstOrder,
    FixedPrice,
    FreeGift,
    Hours,
    MinimumQuantity,
    MinimumValue,
    PercentageOff,
    Promotion,
    TieredPercentage,
)
from tradepost.testing import factories as make

pytestmark = pytest.mark.django_db


def form(**values: Any) -> dict[str, Any]:
    """A promotion with one condition, one benefit and one coupon, as the browser posts it."""
    posted: dict[str, Any] = {
        "name": "Spring",
        "code": "spring",
        "priority": 0,
        "is_active": "on",
        "needs_coupon": "on",
    }
    for prefix, rows in {"conditions": 1, "benefits": 1, "coupons": 1}.items():
        posted |= {f"{prefix}-TOTAL_FORMS": rows, f"{prefix}-INITIAL_FORMS": 0}
    kinds = {"conditions": MinimumValue, "benefits": PercentageOff}
    for prefix, kind in kinds.items():
        posted[f"{prefix}-0-polymorphic_ctype"] = ContentType.objects.get_for_model(kind, for_concrete_model=False).pk
    posted |= {"conditions-0-amount": "20", "conditions-0-currency": "EUR"}
    posted |= {"benefits-0-target": "order", "benefits-0-categories": "[]", "benefits-0-percent": "10"}
    posted |= {"coupons-0-code": "spring", "coupons-0-is_active": "on"}
    return {**posted, **values}


def test_a_promotion_is_written_on_one_page(admin_client: Client) -> None:
    """With what must hold, what becomes cheaper, and a code."""
    url = reverse("admin:tradepost_promotions_promotion_add")
    page = admin_client.get(url).content.decode()
    answer = admin_client.post(url, form())

    assert all(str(kind._meta.verbose_name) in page.lower() for kind in [*kinds_of(Condition), *kinds_of(Benefit)])
    assert answer.status_code == 302
    spring = Promotion.objects.get()
    assert (MinimumValue.objects.get().promotion, PercentageOff.objects.get().promotion) == (spring, spring)
    assert Coupon.objects.get().code == "SPRING"
    change = reverse("admin:tradepost_promotions_promotion_change", args=[spring.pk])
    assert 'value="10.000"' in admin_client.get(change).content.decode()


def test_a_misspelt_category_is_refused(admin_client: Client) -> None:
    """It would match nothing; and what is no list is refused, too."""
    make.category("Books")
    answer = admin_client.post(
        reverse("admin:tradepost_promotions_promotion_add"), form(**{"benefits-0-categories": '["books", "boks"]'})
    )

    assert answer.status_code == 200
    assert "No category is called: boks." in answer.content.decode()
    assert not Promotion.objects.exists()
    MinimumQuantity(categories=["books"]).clean()
    for wrong in ("books", [1], {"books": 1}):
        with pytest.raises(ValidationError):
            AmountOff(categories=wrong).clean()


KINDS: list[tuple[type[Condition], dict[str, Any], dict[str, Any]]] = [
    (MinimumQuantity, {"quantity": "3", "products": "mug, bowl"}, {"quantity": 3, "products": ["mug", "bowl"]}),
    (CustomerGroups, {"groups": "friends"}, {"groups": ["friends"]}),
    (FirstOrder, {}, {}),
    (Countries, {"codes": "de, AT"}, {"codes": ["DE", "AT"]}),
    (Hours, {"weekdays": ["6", "7"], "begin": "18:00"}, {"weekdays": [6, 7], "begin": time(18)}),
]
BENEFITS: list[tuple[type[Benefit], dict[str, Any], dict[str, Any]]] = [
    (AmountOff, {"amount": "5", "currency": "EUR"}, {"amount": 5}),
    (
        BundlePrice,
        {"quantity": "3", "amount": "20", "currency": "EUR", "categories": "books"},
        {"categories": ["books"]},
    ),
    (CheapestFree, {"quantity": "3"}, {"quantity": 3, "max_uses": None}),
    (FixedPrice, {"amount": "9.99", "currency": "EUR"}, {"amount": Decimal("9.99")}),
    (BuyGet, {"buy": "2", "get": "1", "percent": "50", "bought_products": "mug"}, {"bought_products": ["mug"]}),
    (FreeGift, {"quantity": "1", "products": "bowl"}, {"products": ["bowl"]}),
    (TieredPercentage, {"tiers": "50: 5\n100: 10", "currency": "EUR"}, {"tiers": [["50", "5"], ["100", "10"]]}),
]


@pytest.mark.parametrize(("kind", "posted", "stored"), [*KINDS, *BENEFITS])
def test_each_kind_has_its_form(
    admin_client: Client, kind: type[Any], posted: dict[str, Any], stored: dict[str, Any]
) -> None:
    """Lists are written with commas; what was stored is shown in the same form, and saving it again changes nothing."""
    make.category("Books")
    for slug in ("mug", "bowl"):
        make.product(name=slug, slug=slug)
    CustomerGroup.objects.create(code="friends", name="Friends")
    prefix = "conditions" if issubclass(kind, Condition) else "benefits"
    number = ContentType.objects.get_for_model(kind, for_concrete_model=False).pk
    row = {f"{prefix}-0-polymorphic_ctype": number} | {f"{prefix}-0-{name}": value for name, value in posted.items()}
    data = {key: value for key, value in form().items() if not key.startswith(f"{prefix}-0-")} | row
    data |= {} if prefix == "conditions" else {"benefits-0-target": "lines", "benefits-0-attributes": "{}"}

    answer = admin_client.post(reverse("admin:tradepost_promotions_promotion_add"), data)

    assert answer.status_code == 302, answer.context["errors"]
    created = kind.objects.get()
    assert {name: getattr(created, name) for name in stored} == stored
    change = reverse("admin:tradepost_promotions_promotion_change", args=[created.promotion_id])
    shown = admin_client.get(change).context["inline_admin_formsets"]
    [again] = [entry.formset.forms[0] for entry in shown if entry.formset.prefix == prefix]
    untouched = again.__class__(_posted(again), instance=created, prefix=again.prefix)
    assert set(untouched.changed_data) <= {"attributes", "bought_attributes"}  # Django takes {} for another nothing


def _posted(shown: Any) -> dict[str, Any]:
    """The data that a browser sends of a form that nobody touched."""
    values: dict[str, Any] = {}
    for bound in shown:
        value = bound.value()
        if value is not None:
            values[bound.html_name] = value
    return values


def test_a_code_is_compared_in_capitals(admin_client: Client) -> None:
    """A second one is told, it is no error of the server."""
    promotion = make.promotion(coupon="TEN")
    answer = admin_client.post(
        reverse("admin:tradepost_promotions_coupon_add"), {"promotion": promotion.pk, "code": "ten", "is_active": "on"}
    )

    assert answer.status_code == 200
    assert "already exists" in answer.content.decode()
    assert Coupon.objects.count() == 1


def test_a_coupon_that_was_used_is_kept(admin_client: Client) -> None:
    """And its uses are listed."""
    make.promotion(coupon="TEN")
    ten = Coupon.objects.get()
    Coupon.objects.update(used=1)
    CouponRedemption.objects.create(coupon=ten, email="ada@example.com", owner_kind="order", owner_key="1")

    deleted = admin_client.post(reverse("admin:tradepost_promotions_coupon_delete", args=[ten.pk]), {"post": "yes"})
    listed = admin_client.get(reverse("admin:tradepost_promotions_couponredemption_changelist"))

    assert deleted.status_code == 403
    assert "ada@example.com" in listed.content.decode()
    assert admin_client.get(reverse("admin:tradepost_promotions_coupon_changelist")).status_code == 200
    assert admin_client.get(reverse("admin:tradepost_promotions_promotion_changelist")).status_code == 200
