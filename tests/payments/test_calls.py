"""The log of calls: each is written down with its outcome, redacted, and never in the way of the payment."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.payments.conftest import SCRIPTED, opened, started
from tradepost.core.actors import SYSTEM
from tradepost.core.dates import clock
from tradepost.payments import (
    conf,
    jobs,
    services,
)
from tradepost.payments.call_log import calls
from tradepost.payments.errors import NotRefundable, PaymentUnavailable
from tradepost.payments.interface import (
    OutcomeUnknown,
    PaymentRef,
    Price,
    Rejected,
    Result,
    Status,
    exchanges,
)
from tradepost.payments.models import Payment, PaymentCall
from tradepost.testing.gateways import Asked, ScriptedGateway, captured, refunded, waiting

pytestmark = pytest.mark.django_db


def logged() -> list[tuple[str, str]]:
    return list(PaymentCall.objects.order_by("pk").values_list("operation", "outcome"))


def test_every_call_is_written_down(gateway: ScriptedGateway) -> None:
    """The start, a question, the refund: in their order, each with what it was about."""
    payment = started(gateway, waiting)
    gateway.play(captured)
    services.ask(payment)
    gateway.play(refunded(Price(Decimal("4.00"), "EUR"), "r"))
    services.refund(payment, Decimal("4.00"), by=SYSTEM)

    assert logged() == [("start", "answered"), ("fetch", "answered"), ("refund", "answered")]
    start, fetch, refund = PaymentCall.objects.order_by("pk")
    assert start.request == {"reference": payment.reference, "price": "10.00 EUR", "capture": True}
    assert (start.key, fetch.key) == (payment.key, "")
    assert fetch.answer["status"] == "captured"
    assert fetch.answer["entries"] == [f"capture 10.00 EUR succeeded capture-{payment.reference}"]
    assert refund.request["price"] == "4.00 EUR"
    assert refund.answer == {"state": "succeeded", "provider_ref": "refund-r", "price": "4.00 EUR", "raw": {}}
    assert {start.payment_id, fetch.payment_id, refund.payment_id} == {payment.pk}
    assert all(row.duration >= 0 and row.gateway == "card" for row in (start, fetch, refund))


def test_refusals_and_silence_are_written_down_by_what_they_mean(gateway: ScriptedGateway) -> None:
    """Rejected, unknown, and a failure of the gateway's own code, which is raised all the same."""
    gateway.play(Rejected("amount_too_small", "not for ann@example.org"))
    with pytest.raises(PaymentUnavailable):
        services.start(opened())
    payment = started(gateway, OutcomeUnknown("read timed out"))
    gateway.play(ZeroDivisionError("sk_live_oops1234"))
    with pytest.raises(ZeroDivisionError):
        services.ask(payment)

    assert logged() == [("start", "rejected"), ("start", "unknown"), ("start", "failed")]
    rejected, unknown, failed = PaymentCall.objects.order_by("pk")
    assert (rejected.error_code, rejected.error, rejected.answer) == ("amount_too_small", "not for …", {})
    assert unknown.error == "read timed out"
    assert failed.error == "ZeroDivisionError"


class Talking(ScriptedGateway):
    """Says what went over its wire."""

    def __init__(self, *, secret_key: str) -> None:
        super().__init__()
        self.secret_key = secret_key

    def fetch(self, payment: PaymentRef) -> Result:
        """After two requests, the second of which failed."""
        sent = f'{{"amount": 1000, "api_key": "{self.secret_key}", "phone": "+254712345678"}}'
        good = b'{"id": "tx_1", "card": {"number": "4242424242424242"}, "email": "ann@example.org"}'
        exchanges.heard("POST", f"https://api.example/v1/pay?key={self.secret_key}", 200, sent=sent, received=good)
        exchanges.heard("GET", "https://api.example/v1/pay/tx_1", 503, received=b"<html>ann@example.org</html>")
        return super().fetch(payment)


def test_nothing_secret_or_personal_gets_into_the_log(settings: Any) -> None:
    """Of what went over the wire the list's names are kept, and the last status."""
    key = "topsecret-0123456789"
    talking = {"BACKEND": f"{__name__}.Talking", "OPTIONS": {"secret_key": key}}
    settings.TRADEPOST_PAYMENTS = {"GATEWAYS": {"card": talking}}
    gateway = conf.gateway("card")
    assert isinstance(gateway, Talking)

    def answer(asked: Asked) -> Result:
        raw = {"id": "tx_1", "status": "ok", "client_secret": key, "email": "ann@example.org"}
        return Result(status=Status.PENDING, provider_ref="tx_1", error_message=f"{key} +254712345678", raw=raw)

    payment = started(gateway, waiting)
    gateway.play(answer)
    services.ask(payment)

    row = PaymentCall.objects.get(operation="fetch")
    assert row.http_status == 503
    assert row.exchanges == [
        {"method": "POST", "path": "/v1/pay", "status": 200, "sent": {"amount": 1000}, "received": {"id": "tx_1"}},
        {"method": "GET", "path": "/v1/pay/tx_1", "status": 503, "sent": {}, "received": {}},
    ]
    assert row.answer["raw"] == {"id": "tx_1", "status": "ok"}
    stored = str(PaymentCall.objects.values())
    for leak in (key, "ann@example.org", "254712345678", "4242"):
        assert leak not in stored


def test_a_log_that_fails_stops_no_payment(gateway: ScriptedGateway, monkeypatch: pytest.MonkeyPatch) -> None:
    """The answer counts, and money is booked."""

    def broken(**row: Any) -> None:
        raise RuntimeError("disk full")

    monkeypatch.setattr(calls, "_store", broken)

    assert started(gateway, captured).status == "captured"
    assert logged() == []


def test_no_log_is_kept_where_nothing_is_to_be(settings: Any) -> None:
    """``timedelta(0)`` logs none; a gateway that asks nobody has no calls."""
    offline = {"BACKEND": "tradepost.gateways.manual.CashOnDelivery"}
    settings.TRADEPOST_PAYMENTS = {"GATEWAYS": {"card": {"BACKEND": SCRIPTED}, "cod": offline}}
    services.start(opened(method="cod"))
    settings.TRADEPOST_PAYMENTS = {**settings.TRADEPOST_PAYMENTS, "CALL_LOG_KEPT": timedelta(0)}
    silent = conf.gateway("card")
    assert isinstance(silent, ScriptedGateway)
    started(silent, captured)

    assert (logged(), Payment.objects.count()) == ([], 2)


def test_old_calls_are_forgotten_by_a_job(gateway: ScriptedGateway) -> None:
    """After ninety days, not a day before."""
    with clock.at(clock.now() - timedelta(days=91)):
        started(gateway, captured)
    with clock.at(clock.now() - timedelta(days=89)):
        young = started(gateway, captured)

    assert jobs.forget_calls() == 1
    assert PaymentCall.objects.get().payment_id == young.pk
    assert jobs.forget_calls() == 0


def test_a_refund_that_was_refused_stands_in_the_log(gateway: ScriptedGateway) -> None:
    """With the provider's code."""
    payment = started(gateway, captured)
    gateway.play(Rejected("refund_window_closed"))
    with pytest.raises(NotRefundable):
        services.refund(payment, by=SYSTEM)

    assert PaymentCall.objects.get(operation="refund").error_code == "refund_window_closed"
