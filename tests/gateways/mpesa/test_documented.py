"""A shop beside M-Pesa as Daraja's documents describe it: messages that mean nothing, and a push that is never finished."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from tests.fakes.documented.mpesa import DocumentedMpesa
from tests.fakes.providers import Provider
from tradepost.checkout.jobs import expire_due
from tradepost.core.dates import clock
from tradepost.orders.models import Order
from tradepost.payments import services
from tradepost.payments.errors import PaymentUnavailable
from tradepost.payments.interface import WebhookRequest
from tradepost.payments.models import Payment
from tradepost.payments.services import receive

from ..shops import Shop

pytestmark = pytest.mark.django_db

MPESA = Provider(
    server=DocumentedMpesa,
    backend="tradepost.gateways.mpesa.MpesaGateway",
    options=lambda server: {
        "consumer_key": "key",
        "consumer_secret": "secret",
        "shortcode": "174379",
        "passkey": "passkey",
        "callback_url": "https://shop.example/api/v1/webhooks/now/",
        "webhook_secrets": ["a-secret-of-the-shop"],
    },
    currency="KES",
    unit=1,
    pay=lambda server, reference, ref: server.pay(ref),
    decline=lambda server, reference, ref: None,
    client_input={"phone": "0712345678"},
)


@pytest.fixture
def shop(settings: Any) -> Iterator[Shop]:
    """A shop that takes shillings by M-Pesa."""
    with DocumentedMpesa() as server:
        shop = Shop(MPESA, server)
        settings.TRADEPOST_PAYMENTS = {"GATEWAYS": shop.methods}
        yield shop


@pytest.mark.parametrize(
    "unfinished", ["The transaction is being processed", "Subscriber is locked", "…", "4999", "7777"]
)
def test_what_is_never_finished_expires_with_its_order(shop: Shop, unfinished: str) -> None:
    """Whatever M-Pesa calls it: pending for a quarter of an hour, then expired, and the order can expire."""
    payment = shop.start(shop.opened())
    shop.server.books.unfinished = unfinished
    with clock.at(clock.now() + timedelta(minutes=14)):
        payment = services.ask(payment)
        assert (payment.status, payment.outcome_unknown, payment.next_action["kind"]) == (
            "pending",
            False,
            "phone_prompt",
        )

    with clock.at(clock.now() + timedelta(minutes=61)):
        expire_due()

    payment = Payment.objects.get(pk=payment.pk)
    assert (payment.status, payment.error_code) == ("cancelled", "expired")
    assert Order.objects.get().status == "expired"


def test_money_that_comes_after_all_is_booked(shop: Shop) -> None:
    """The callback tells of it, and the order is taken up again."""
    payment = shop.start(shop.opened())
    with clock.at(clock.now() + timedelta(minutes=61)):
        expire_due()
        body = shop.server.pay(payment.provider_ref)
        to = shop.server.books.pushes[payment.provider_ref]["to"]
        query = dict(parse_qsl(urlsplit(to).query))
        receive("now", WebhookRequest(body=json.dumps(body).encode(), headers={}, query=query))

    payment = services.find(payment.uuid)
    assert (payment.status, payment.order.amount_captured) == ("captured", Decimal(100))
    assert payment.order.status == "confirmed"


@pytest.mark.parametrize(
    "words", ["Unable to lock subscriber", "Tafadhali subiri", "The transaction is being processed"]
)
def test_a_push_that_is_refused_by_its_code_rang_nowhere(shop: Shop, words: str) -> None:
    """Whatever the message says; the customer may try again at once."""
    payment = shop.opened()
    shop.server.books.busy = words

    with pytest.raises(PaymentUnavailable):
        shop.start(payment)

    assert (services.find(payment.uuid).status, shop.server.books.pushes) == ("failed", {})
