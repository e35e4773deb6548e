"""An outside tax service is told of sales and credits, once each, whatever runs twice or late."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.core.cache import cache
from django.db import transaction

from tests.fakes.tax_server import TaxServer
from tradepost.core.actors import Actor, By
from tradepost.core.dates import clock
from tradepost.core.events import outbox
from tradepost.core.models import Delivery
from tradepost.orders import services as orders
from tradepost.orders.models import Order
from tradepost.orders.reports.tax_reports import report
from tradepost.pricing.ports import Place
from tradepost.testing import factories as make
from tradepost.testing.deliver import deliver_events

pytestmark = pytest.mark.django_db
ENGINE = "tests.docs.examples.taxservice.TaxService"
STAFF = By(Actor.STAFF, label="staff")


@pytest.fixture
def service(settings: Any) -> Iterator[TaxServer]:
    """The shop's tax service."""
    cache.clear()
    with TaxServer() as server:
        options = {"api_key": "tax_key", "base_url": server.url, "timeout": 5}
        settings.TRADEPOST_PRICING = {"TAX": {"BACKEND": ENGINE, "OPTIONS": options}}
        yield server
    cache.clear()


def sale(*, quantity: int = 2) -> Order:
    """So many units at 10.00 and a delivery of 5.00, with 19 % in them; placed and not paid."""
    return make.order(make.line_row(quantity=quantity), shipping="5.00", tax_place=Place("DE", "", "10115"))


def told(order: Order) -> list[str]:
    """Entries of the history about the service."""
    return [entry.kind for entry in order.events.order_by("pk") if entry.kind.startswith("tax_")]


def test_a_sale_is_told_once_it_is_confirmed(service: TaxServer) -> None:
    """With what was charged; the order's UUID is the key."""
    order = sale()
    deliver_events()
    assert service.booked() == {}

    make.pay(order)
    deliver_events()

    assert service.booked() == {str(order.uuid): Decimal("3.99")}
    [body] = service.called("/v1/sales/.*")
    assert (body["number"], body["includes_tax"], body["to"]["postcode"]) == (order.number, True, "10115")
    assert [(line["quantity"], line["amount"], line["net"], line["tax"]) for line in body["lines"]] == [
        (2, "20.00", "16.81", "3.19"),
        (1, "5.00", "4.20", "0.80"),
    ]
    assert told(order) == ["tax_committed"]


def test_what_was_told_is_not_told_again(service: TaxServer) -> None:
    """A handler that runs twice asks nobody."""
    order = make.pay(sale())
    deliver_events()
    report(order.pk)
    report(order.pk)

    assert len(service.requests) == 1
    assert told(order) == ["tax_committed"]


def test_an_answer_that_was_lost_is_asked_for_again_and_booked_once(service: TaxServer) -> None:
    """The outbox tries again; the service knows the reference."""
    service.fault("drop_after", path="/v1/sales/.*")
    order = make.pay(sale())
    outbox.relay()

    [waiting] = Delivery.objects.filter(handler="tradepost.orders.handlers.report_tax")
    assert (waiting.state, waiting.tries) == (Delivery.State.DUE, 1)
    assert "ConnectionError" in waiting.error
    assert told(order) == []

    Delivery.objects.update(due=clock.now())
    outbox.relay()

    assert len(service.called("/v1/sales/.*")) == 2
    assert service.booked() == {str(order.uuid): Decimal("3.99")}
    assert told(order) == ["tax_committed"]


def test_a_service_that_stays_away_stands_on_the_staffs_list(service: TaxServer, settings: Any) -> None:
    """After as many tries as the settings say."""
    settings.TRADEPOST_EVENTS = {"TRIES": 2}
    service.fault("error_500", times=99)
    order = make.pay(sale())
    for _ in range(3):
        outbox.relay()
        Delivery.objects.update(due=clock.now())

    [dead] = Delivery.objects.filter(handler="tradepost.orders.handlers.report_tax")
    assert (dead.state, dead.tries, told(order)) == (Delivery.State.DEAD, 2, [])


def test_a_cancelled_order_is_voided_as_a_whole(service: TaxServer) -> None:
    """Its only credit is that of the cancellation."""
    order = make.pay(sale())
    deliver_events()
    orders.apply(order, "cancel", by=STAFF)
    deliver_events()

    assert service.booked() == {}
    assert told(order) == ["tax_committed", "tax_voided"]
    assert len(service.called("/v1/sales/.*/void")) == 1


def test_a_credit_is_told_with_its_share_of_the_tax(service: TaxServer) -> None:
    """One of two units: 10.00 with 1.60 of 3.19; the rest when all is cancelled."""
    order = make.pay(sale())
    line = order.lines.get()
    first = orders.cancel_units(order, {line.pk: 1}, by=STAFF)
    deliver_events()
    assert service.booked() == {str(order.uuid): Decimal("3.99"), str(first.uuid): Decimal("-1.60")}
    [body] = service.called("/v1/refunds/.*")
    assert (body["sale"], [(row["quantity"], row["amount"]) for row in body["lines"]]) == (
        str(order.uuid),
        [(1, "10.00")],
    )

    orders.apply(order, "cancel", by=STAFF)
    deliver_events()

    assert sum(service.booked().values()) == 0
    assert told(order) == ["tax_committed", "tax_refunded", "tax_refunded"]


def test_a_goodwill_credit_of_everything_is_no_void(service: TaxServer) -> None:
    """Even if the order is cancelled after it, and nothing was told between."""
    order = make.pay(sale())
    orders.credit_goodwill(order, Decimal(25), by=STAFF)
    orders.apply(order, "cancel", by=STAFF)
    deliver_events()

    assert sum(service.booked().values()) == 0
    assert told(order) == ["tax_committed", "tax_refunded"]


def test_an_order_that_was_never_confirmed_is_nobodys_business(service: TaxServer) -> None:
    """Neither its credits nor that it was called off; a credit from before is told after the sale."""
    order = sale()
    orders.credit_goodwill(order, Decimal("5.00"), by=STAFF)
    deliver_events()
    assert service.requests == []

    make.pay(Order.objects.get(pk=order.pk), "20.00")
    deliver_events()
    assert told(order) == ["tax_committed", "tax_refunded"]

    other = sale()
    orders.apply(other, "cancel", by=STAFF)
    deliver_events()
    assert told(other) == []


def test_a_shop_without_a_service_stores_nothing_to_deliver() -> None:
    """Rates by zone are nobody else's business."""
    order = make.pay(sale())
    orders.apply(order, "cancel", by=STAFF)

    assert not Delivery.objects.filter(event__endswith="TaxReportDue").exists()
    report(order.pk)
    assert told(order) == []


def test_nobody_is_told_inside_a_transaction(service: TaxServer) -> None:
    """The order would be locked as long as the service likes."""
    order = make.pay(sale())
    with transaction.atomic(), transaction.atomic(), pytest.raises(RuntimeError, match="talks to the network"):
        report(order.pk)

    assert service.requests == []
