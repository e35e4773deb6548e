"""Actions of a child process: the library's own services, and careless ones as controls."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import uuid4

from tests.gateways.shops import BACK
from tradepost.core import jobs
from tradepost.core.actors import SYSTEM, Actor, By
from tradepost.orders import services as orders
from tradepost.payments import (
    conf,
    services,
)
from tradepost.payments.base import AbstractPayment
from tradepost.payments.interface import Price, WebhookRequest
from tradepost.payments.services import webhooks
from tradepost.payments.services.payments import start_request

STAFF = By(Actor.STAFF, label="anna")


def start(payment: AbstractPayment, client_input: Mapping[str, str]) -> None:
    services.start(payment, return_url=BACK, client_input=client_input)


def complete(payment: AbstractPayment, data: Mapping[str, str]) -> None:
    services.complete(payment, data)


def webhook(payment: AbstractPayment, deliveries: Sequence[Mapping[str, Any]]) -> None:
    for delivery in deliveries:
        webhooks.receive(payment.method, WebhookRequest(**{**delivery, "body": base64.b64decode(delivery["body"])}))


def capture(payment: AbstractPayment, amount: str) -> None:
    services.capture(payment, Decimal(amount), by=STAFF)


def refund(payment: AbstractPayment, amount: str) -> None:
    services.refund(payment, Decimal(amount), by=STAFF, reason="broken")


def void(payment: AbstractPayment) -> None:
    services.cancel(payment, by=STAFF)


def cancel_order(payment: AbstractPayment) -> None:
    orders.apply(payment.order, "cancel", by=SYSTEM, reason="no more of it")


def careless_start(payment: AbstractPayment, client_input: Mapping[str, str]) -> None:
    """A control: calls first, with a key of the moment, and writes down afterwards."""
    asked = replace(start_request(payment), key=uuid4().hex, return_url=BACK)
    services.settle(payment, conf.gateway(payment.method).start(asked))


def careless_refund(payment: AbstractPayment, amount: str) -> None:
    """A control: calls first, with a key of the moment, and writes down afterwards."""
    price = Price(Decimal(amount), payment.currency)
    services.book_refund(payment, conf.gateway(payment.method).refund(payment.ref, price, uuid4().hex))


def sweep() -> None:
    """Run every job, as the clock would."""
    for name in sorted(jobs.jobs()):
        jobs.run(name)


ACTS: Mapping[str, Callable[..., None]] = {
    act.__name__: act
    for act in (start, complete, webhook, capture, refund, void, cancel_order, careless_start, careless_refund)
}


def run(act: str, **values: Any) -> None:
    """Carry out one act, on the payment whose UUID is given."""
    if act == "sweep":
        return sweep()
    payment = services.find(values.pop("payment"))
    return ACTS[act](payment, **values)
