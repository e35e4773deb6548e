"""The calls of the page about settings through the API do what it says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.api.staff.conftest import Staff, staff
from tests.docs.examples import settings_by_api
from tests.docs.test_trade import Api
from tradepost.pricing.models import TaxClass
from tradepost.testing import factories

__all__ = ["staff"]

pytestmark = [pytest.mark.docs, pytest.mark.django_db]


def test_a_country_is_taxed_and_delivered_to(staff: Callable[[str], Staff], settings: Any) -> None:
    """By finance, and by those who keep deliveries."""
    settings.TRADEPOST_PRICING = {"CURRENCIES": ["EUR", "CHF"]}
    TaxClass.objects.create(code="standard", name="Standard")
    TaxClass.objects.create(code="books", name="Books")
    factories.variant(sku="MUG-BLUE", price="10.00", weight=900)

    assert settings_by_api.switzerland(Api(staff("finance"))) == ["MWST 8.1 %", "MWST 2.6 %"]
    orders = Api(staff("orders"))
    changed = settings_by_api.delivery(orders)
    assert (changed["handling"]["amount"], changed["costs"]["bands"][0]) == ("1.00", ["2000", "9.00"])
    assert settings_by_api.quotes(orders) == {"swiss-parcel": {"amount": "10.00", "currency": "CHF"}}
