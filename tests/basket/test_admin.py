"""Baskets in the admin."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from tradepost.basket import services
from tradepost.basket.models import Basket
from tradepost.pricing.models import Zone, ZoneArea
from tradepost.promotions.models import MinimumValue, PercentageOff
from tradepost.shipping.models import FlatRate, FreeOver
from tradepost.testing import factories as make

pytestmark = pytest.mark.django_db


def test_staff_see_what_a_basket_comes_to_and_why(admin_client: Client) -> None:
    """With what did not apply."""
    spring = make.promotion("spring")
    PercentageOff.objects.create(promotion=spring, percent=10)
    MinimumValue.objects.create(promotion=spring, amount=50, currency="EUR")
    basket = services.open_basket(customer=make.customer(email="ada@example.com"))
    services.add(basket, make.variant(sku="CUP", price="12.50"), 2)

    listed = admin_client.get(reverse("admin:tradepost_basket_basket_changelist"), {"q": "CUP"})
    page = admin_client.get(reverse("admin:tradepost_basket_basket_change", args=[basket.pk]))

    assert "ada@example.com" in listed.content.decode()
    text = page.content.decode()
    for part in ("CUP", "2 × €12.50", "€25.00", "€25.00 more is needed.", "not applied"):
        assert part in text


def test_baskets_are_only_looked_at(admin_client: Client) -> None:
    """They are the visitors'."""
    basket = services.open_basket()

    assert admin_client.post(reverse("admin:tradepost_basket_basket_change", args=[basket.pk])).status_code == 403
    assert admin_client.get(reverse("admin:tradepost_basket_basket_add")).status_code == 403


def test_staff_try_a_basket_that_nobody_has(admin_client: Client) -> None:
    """With the reasons; nothing is written, and what can't be is told."""
    make.variant(sku="BIG CUP", price="12.50")
    make.customer(email="ada@example.com")
    ten = make.promotion("ten", coupon="TEN")
    PercentageOff.objects.create(promotion=ten, percent=10)
    url = reverse("admin:tradepost_basket_dry_run")

    def shown(**asked: str) -> str:
        return admin_client.get(url, asked).content.decode()

    assert "Nothing is saved." in shown()
    tried = shown(
        items="BIG CUP 2\nBIG CUP", customer="ADA@example.com", coupons="ten gone", at_0="2030-01-01", at_1="12:00"
    )
    for part in ("€33.75", "BIG CUP", "TEN", "GONE", "not applied"):
        assert part in tried
    assert "There is no such variant: HAT." in shown(items="HAT 1")
    assert "There is no such customer." in shown(items="BIG CUP", customer="eve@example.com")
    assert "At least one of each: BIG CUP." in shown(items="BIG CUP 0")
    assert not Basket.objects.exists()
    assert url in admin_client.get(reverse("admin:tradepost_basket_basket_changelist")).content.decode()


def test_staff_try_a_place_a_way_to_deliver_and_a_fee(admin_client: Client, settings: Any) -> None:
    """Region, postcode, delivery and payment count, with all ways to deliver and hints below."""
    settings.TRADEPOST_BASKET = {"PAYMENT_FEES": {"cod": {"name": "Cash", "amount": "2.00", "currency": "EUR"}}}
    make.variant(sku="CUP", price="10.00")
    zone = Zone.objects.create(code="north", name="North")
    ZoneArea.objects.create(zone=zone, country="DE", postcode_from="20000", postcode_to="29999")
    FlatRate.objects.create(code="near", name="Near", currency="EUR", amount=3).zones.add(zone)
    FreeOver.objects.create(code="saver", name="Saver", currency="EUR", amount=4, threshold=15)
    url = reverse("admin:tradepost_basket_dry_run")
    asked = {"items": "CUP", "country": "DE", "shipping_method": "near", "payment_method": "cod"}

    near = admin_client.get(url, {**asked, "postcode": "22111"})
    far = admin_client.get(url, {**asked, "postcode": "80331"})

    assert near.context["view"].totals.total == Decimal("15.00")
    assert far.context["view"].totals.total == Decimal("12.00")
    assert "Not available for this address." in far.content.decode()
    assert "€5.00 more for free delivery." in near.content.decode()
    assert not Basket.objects.exists()


def test_a_dry_run_has_a_permission_of_its_own(client: Client, django_user_model: Any) -> None:
    """Who may see the baskets of customers may not do one for that, and isn't shown the way; and the other way round."""
    address, baskets = reverse("admin:tradepost_basket_dry_run"), reverse("admin:tradepost_basket_basket_changelist")
    for name, statuses in (("view_basket", (403, 200)), ("dry_run_basket", (200, 403))):
        user = django_user_model.objects.create_user(name, is_staff=True)
        user.user_permissions.set(Permission.objects.filter(codename=name))
        client.force_login(user)

        answers = client.get(address), client.get(baskets)
        assert tuple(answer.status_code for answer in answers) == statuses
        assert address not in answers[1].content.decode()


def test_a_dry_run_for_a_customer_needs_to_see_customers(client: Client, django_user_model: Any) -> None:
    """Others aren't asked for one, and one that is written into the address doesn't count."""
    make.variant(sku="CUP", price="10.00")
    user = django_user_model.objects.create_user("mia", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename="dry_run_basket"))
    client.force_login(user)
    asked = {"items": "CUP", "customer": "eve@example.com", "email": "eve@example.com"}

    answer = client.get(reverse("admin:tradepost_basket_dry_run"), asked)
    assert not {"customer", "email"} & answer.context["form"].fields.keys()
    assert answer.context["view"].totals.total == Decimal("10.00")

    user.user_permissions.add(Permission.objects.get(codename="view_customer"))
    answer = client.get(reverse("admin:tradepost_basket_dry_run"), asked)
    assert "There is no such customer." in answer.content.decode()
