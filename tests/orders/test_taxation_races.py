"""Several workers tell a tax service of one order at once, on PostgreSQL; with a control that shows what the lock holds."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.core.cache import cache

from tests.fakes.tax_server import TaxServer
from tradepost.core.actors import SYSTEM
from tradepost.orders.models import Order, OrderEvent
from tradepost.orders.reports.tax_reports import COMMITTED, report
from tradepost.orders.services.history import note
from tradepost.testing import factories as make
from tradepost.testing.races import together

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
ENGINE = "tests.docs.examples.taxservice.TaxService"


@pytest.fixture
def order() -> Order:
    """A confirmed one that nobody has told of."""
    return make.pay(make.order(make.line_row(quantity=2), reserve=False))


@pytest.fixture
def service(order: Order, settings: Any) -> Iterator[TaxServer]:
    """The shop's tax service."""
    cache.clear()
    with TaxServer() as server:
        options = {"api_key": "tax_key", "base_url": server.url, "timeout": 30}
        settings.TRADEPOST_PRICING = {"TAX": {"BACKEND": ENGINE, "OPTIONS": options}}
        yield server
    cache.clear()


def test_what_several_tell_is_booked_and_noted_once(order: Order, service: TaxServer) -> None:
    """The service knows the reference; the history is written under the order's lock."""
    assert together([lambda: report(order.pk)] * 4) == [None] * 4

    assert service.booked() == {str(order.uuid): Decimal("3.19")}
    assert OrderEvent.objects.filter(kind=COMMITTED).count() == 1


def test_without_the_lock_it_would_be_noted_by_each(order: Order) -> None:
    """The control: all have looked before one has written."""
    all_have_looked = threading.Barrier(4)

    def note_without_a_lock() -> None:
        there = OrderEvent.objects.filter(order_id=order.pk, kind=COMMITTED).exists()
        all_have_looked.wait(timeout=10)
        if not there:
            note(order, COMMITTED, by=SYSTEM, facts={"reference": str(order.uuid)})

    assert together([note_without_a_lock] * 4) == [None] * 4
    assert OrderEvent.objects.filter(kind=COMMITTED).count() == 4
