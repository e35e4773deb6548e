"""The amount shown is the amount charged: in pages, mails and the admin alike."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from tradepost.orders.models import Order
from tradepost.shipping.models import FlatRate
from tradepost.testing import factories as make
from tradepost.testing.deliver import deliver_events

from .conftest import BANK, DETAILS, Visitor


@pytest.fixture
def forints(shop: None, settings: Any) -> None:
    """It sells in forints, which have two decimals though no coins of them are left."""
    settings.TRADEPOST_PRICING = {"CURRENCY": "HUF", "CURRENCIES": ("HUF",)}
    settings.TRADEPOST_PAYMENTS = {
        "GATEWAYS": {
            "transfer": {
                "BACKEND": BANK,
                "OPTIONS": {"account_holder": "The shop", "iban": "DE02120300000000202051"},
                "EXPIRES_AFTER": timedelta(days=7),
                "CONFIRM_ON": "placement",
            }
        }
    }
    FlatRate.objects.create(code="parcel-huf", name="Parcel", currency="HUF", amount=Decimal(0))


def test_three_times_199_50_forints_are_598_50_everywhere(
    forints: None, guest: Visitor, admin_client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    """Case 64: basket, checkout, order, bank instructions, mail, admin."""
    listed = make.price_list("huf", currency="HUF")
    mug = make.variant(product=make.product(name="Mug", slug="mug"), sku="MUG", on_hand=9)
    make.price(mug, "199.50", price_list=listed)

    guest.add(mug, 3)
    guest.get("/basket/")
    assert "HUF598.50" in guest.text
    assert "HUF199.50" in guest.text
    guest.post("/checkout/details/", DETAILS)
    guest.post("/checkout/delivery/", {"method": "parcel-huf"})
    guest.post("/checkout/payment/", {"method": "transfer"})
    assert "Buy now for HUF598.50" in guest.text
    with django_capture_on_commit_callbacks(execute=True):
        guest.place()
    deliver_events()
    order = Order.objects.get()
    guest.get(f"/orders/{order.number}/")
    assert "HUF598.50" in guest.text
    assert "Please transfer HUF598.50" in guest.text
    assert order.total == Decimal("598.50")
    assert "HUF598.50" in mail.outbox[0].body
    for page in (
        reverse("admin:tradepost_orders_order_changelist"),
        reverse("admin:tradepost_orders_order_change", args=[order.pk]),
        reverse("admin:tradepost_payments_payment_changelist"),
    ):
        text = admin_client.get(page).content.decode()
        assert "HUF598.50" in text
        assert "HUF599" not in text


def test_eighty_pieces_at_a_fraction_of_a_cent(guest: Visitor, admin_client: Client) -> None:
    """Case 64: 80 × 0.0125 shows 0.0125 each and 1.00."""
    screw = make.variant(product=make.product(name="Screw", slug="screw"), sku="SCREW", price="0.0125", on_hand=100)

    guest.get("/products/screw/")
    assert "€0.0125" in guest.text
    guest.get("/search/?search=screw")
    assert "€0.0125" in guest.text
    guest.add(screw, 80)
    guest.get("/basket/")

    assert "€0.0125 each" in guest.text
    assert "€1.00" in guest.text
    assert "80 × €0.0125" in guest.text
    basket = guest.page.context["basket"]
    shown = admin_client.get(reverse("admin:tradepost_basket_basket_change", args=[basket.pk])).content.decode()
    assert "80 × €0.0125" in shown
