"""A shop in Kenya that takes M-Pesa, for tests of its pages and of its API."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from tests.fakes.mpesa_server import MpesaServer
from tests.fakes.providers import PROVIDERS
from tradepost.catalogue.models import Variant
from tradepost.shipping.models import FlatRate
from tradepost.testing import factories as make


def open_in_kenya(settings: Any, server: MpesaServer) -> Variant:
    """A basket for 1500 shillings, delivery for 200; what can be bought is given."""
    settings.TRADEPOST_PRICING = {"CURRENCY": "KES", "CURRENCIES": ("KES",)}
    settings.TRADEPOST_STOREFRONT = {"COUNTRY": "KE"}
    settings.TRADEPOST_PAYMENTS = {"GATEWAYS": {"mobile": PROVIDERS["mpesa"].method(server, LABEL="M-Pesa")}}
    FlatRate.objects.filter(code="parcel").delete()
    FlatRate.objects.create(code="parcel", name="Parcel", currency="KES", amount=Decimal(200))
    kiondo = make.variant(product=make.product(name="Kiondo", slug="kiondo"), sku="KIONDO", on_hand=5)
    make.price(kiondo, "1500.00", price_list=make.price_list("kes", currency="KES"))
    return kiondo
