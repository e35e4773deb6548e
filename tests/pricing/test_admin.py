"""Prices and taxes in the admin."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from tradepost.core import clock
from tradepost.pricing.models import ExchangeRate
from tradepost.testing import factories as make

pytestmark = pytest.mark.django_db


def test_a_list_links_to_its_prices(admin_client: Client) -> None:
    """Which are changed in their own list."""
    price = make.price(make.variant(sku="CUP"), "10.00")
    prices = reverse("admin:tradepost_pricing_price_changelist")

    lists = admin_client.get(reverse("admin:tradepost_pricing_pricelist_changelist")).content.decode()
    link = f"{prices}?price_list__id__exact={price.price_list_id}"
    assert f'href="{link}">1</a>' in lists
    assert "CUP" in admin_client.get(link, {"q": "CUP"}).content.decode()

    posted = {"form-TOTAL_FORMS": 1, "form-INITIAL_FORMS": 1, "form-0-id": price.pk, "form-0-amount": "9.99"}
    assert admin_client.post(link, {**posted, "_save": "Save"}).status_code == 302
    price.refresh_from_db()
    assert price.amount == Decimal("9.99")


@pytest.mark.parametrize("model", ["pricelist", "price", "taxclass", "zone", "exchangerate"])
def test_every_page_opens(admin_client: Client, model: str) -> None:
    """Lists, forms and rows."""
    make.price(make.variant(), "10.00")
    rate = make.tax("0.19", country="DE")
    ExchangeRate.objects.create(base="EUR", currency="USD", rate=1, valid_from=clock.now())
    rows = {"pricelist": make.price_list().pk, "zone": rate.zone_id}

    assert admin_client.get(reverse(f"admin:tradepost_pricing_{model}_changelist")).status_code == 200
    assert admin_client.get(reverse(f"admin:tradepost_pricing_{model}_add")).status_code == 200
    if model in rows:
        page = admin_client.get(reverse(f"admin:tradepost_pricing_{model}_change", args=[rows[model]]))
        assert page.status_code == 200
