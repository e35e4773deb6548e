"""Carriers under races, on PostgreSQL; with a control that shows what the key and its handling hold."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError

from tradepost.core.dates import clock
from tradepost.shipping import carriers
from tradepost.shipping.models import CarrierQuote, CarrierService
from tradepost.shipping.ports import CarrierRate, CarrierRequest, Destination, Goods, Parcel
from tradepost.shipping.services import rates
from tradepost.testing.races import together

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
DELIVERY = Parcel.of([Goods(sku="A", quantity=1, weight=500)], "EUR")
REQUEST = carriers.request_of([DELIVERY], Destination("DE"), "EUR")
VISITORS = 4


class Slow:
    """A carrier that answers when all visitors have asked."""

    all_ask = threading.Barrier(VISITORS)

    def rates(self, request: CarrierRequest) -> Sequence[CarrierRate]:
        """One service."""
        self.all_ask.wait(timeout=20)
        return [CarrierRate(service="economy", amount=Decimal(5), currency="EUR")]


@pytest.fixture(autouse=True)
def _carrier(settings: Any) -> None:
    settings.TRADEPOST_SHIPPING = {"CARRIERS": {"slow": f"{__name__}.Slow"}}
    CarrierService.objects.create(
        code="economy", name="Economy", currency="EUR", carrier="slow", service="economy", position=0
    )


def test_visitors_who_ask_at_once_leave_one_answer() -> None:
    """Each is told the same price; nobody's page fails."""

    def visit() -> Any:
        return rates().load(Destination("DE"), "EUR", [DELIVERY])(DELIVERY)[0].amount

    assert together([visit] * VISITORS) == [Decimal("5.00")] * VISITORS
    assert [row.key for row in CarrierQuote.objects.all()] == [carriers.key_of("slow", REQUEST)]


def test_without_its_handling_all_but_one_fail() -> None:
    """The control: the constraint refuses a second row."""
    all_have_looked = threading.Barrier(VISITORS)

    def keep_blindly() -> Any:
        assert not CarrierQuote.objects.filter(key="slow:x").exists()
        all_have_looked.wait(timeout=20)
        now = clock.now()
        CarrierQuote.objects.create(key="slow:x", carrier="slow", fetched_at=now, expires_at=now)
        return "kept"

    results = together([keep_blindly] * VISITORS)

    assert results.count("kept") == 1
    assert sum(isinstance(result, IntegrityError) for result in results) == VISITORS - 1
