"""Baskets in the admin."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from tradepost.basket import services
from tradepost.promotions.models import MinimumValue, PercentageOff
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
    for part in ("CUP", "2 × €12.50", "€25.00", "25.00 EUR more is needed.", "not applied"):
        assert part in text


def test_baskets_are_only_looked_at(admin_client: Client) -> None:
    """They are the visitors'."""
    basket = services.open_basket()

    assert admin_client.post(reverse("admin:tradepost_basket_basket_change", args=[basket.pk])).status_code == 403
    assert admin_client.get(reverse("admin:tradepost_basket_basket_add")).status_code == 403
