"""Prices and taxes in the admin."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from tradepost.core.dates import clock
from tradepost.pricing.models import ExchangeRate, Price, PriceChange
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
    assert [change.amount for change in PriceChange.objects.all()] == [Decimal("9.99")]


@pytest.mark.parametrize("model", ["pricelist", "price", "pricechange", "taxclass", "zone", "exchangerate"])
def test_every_page_opens(admin_client: Client, model: str) -> None:
    """Lists, forms and rows."""
    make.price(make.variant(), "10.00")
    rate = make.tax("0.19", country="DE")
    ExchangeRate.objects.create(base="EUR", currency="USD", rate=1, valid_from=clock.now())
    rows = {"pricelist": make.price_list().pk, "zone": rate.zone_id}

    assert admin_client.get(reverse(f"admin:tradepost_pricing_{model}_changelist")).status_code == 200
    added = admin_client.get(reverse(f"admin:tradepost_pricing_{model}_add")).status_code
    assert added == (403 if model == "pricechange" else 200)
    if model in rows:
        page = admin_client.get(reverse(f"admin:tradepost_pricing_{model}_change", args=[rows[model]]))
        assert page.status_code == 200


def test_prices_are_written_with_their_history(admin_client: Client) -> None:
    """Added, changed, deleted one by one and together; the page of a price shows what it was."""
    mug, eur = make.variant(sku="MUG"), make.price_list()
    add = reverse("admin:tradepost_pricing_price_add")
    for amount, least in (("10.00", 1), ("9.00", 5)):
        new = {"price_list": eur.pk, "variant": mug.pk, "min_quantity": least, "amount": amount}
        with clock.at(clock.now() - timedelta(days=3)):
            assert admin_client.post(add, new).status_code == 302
    first, second = Price.objects.order_by("min_quantity")
    change = reverse("admin:tradepost_pricing_price_change", args=[first.pk])
    assert admin_client.post(change, {"min_quantity": 1, "amount": "8.00", "was_amount": "10.00"}).status_code == 302

    page = admin_client.get(change).content.decode()
    assert "<polyline" in page
    assert page.index("€8.00") < page.index("€9.00") < page.index("€10.00")

    assert admin_client.post(change.replace("change", "delete"), {"post": "yes"}).status_code == 302
    chosen = {"action": "delete_selected", "_selected_action": [second.pk], "post": "yes"}
    assert admin_client.post(reverse("admin:tradepost_pricing_price_changelist"), chosen).status_code == 302

    rows = PriceChange.objects.order_by("pk").values_list("min_quantity", "amount")
    assert list(rows) == [
        (1, Decimal("10.00")),
        (5, Decimal("9.00")),
        (1, Decimal("8.00")),
        (1, None),
        (5, None),
    ]
    assert not Price.objects.exists()


def test_a_list_with_prices_keeps_its_currency(admin_client: Client) -> None:
    """And its basis, or its prices would mean something else; an empty one can be changed."""
    full, empty = make.price(make.variant(), "10.00").price_list, make.price_list("empty")
    form = {
        "code": "x",
        "name": "X",
        "currency": "USD",
        "priority": 0,
        "rounding": "unit",
        "margin": "0",
        "is_active": "on",
    }
    for price_list, expected in ((full, ("EUR", True)), (empty, ("USD", False))):
        page = reverse("admin:tradepost_pricing_pricelist_change", args=[price_list.pk])
        assert admin_client.post(page, {**form, "code": price_list.code}).status_code == 302
        price_list.refresh_from_db()
        assert (price_list.currency, price_list.includes_tax) == expected
