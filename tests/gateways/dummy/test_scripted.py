"""The gateway that plays a script, and whether the contract notices what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from tradepost.gateways.dummy import DummyGateway
from tradepost.payments.interface import (
    Capabilities,
    Event,
    EventKind,
    GatewayError,
    OutcomeUnknown,
    PaymentRef,
    Price,
    RefundResult,
    Result,
    StartRequest,
    Status,
    WebhookRequest,
)
from tradepost.testing.contracts import GatewayContract
from tradepost.testing.gateways import ScriptedGateway, authorised, captured, declined, refunded, waiting

from ..conftest import entries, ref, request_for


def test_answers_come_in_the_order_of_the_script() -> None:
    """Whichever method is called; an error is raised."""
    gateway, request = ScriptedGateway(), request_for()
    gateway.play(waiting, OutcomeUnknown("no answer"), captured)

    first = gateway.start(request)
    with pytest.raises(OutcomeUnknown):
        gateway.fetch(ref(request, first))
    last = gateway.complete(ref(request, first), {"a": "b"})

    assert (first.status, last.status) == (Status.PENDING, Status.CAPTURED)
    assert entries(last) == [("capture", Decimal("20.00"), "succeeded")]
    assert [call.name for call in gateway.calls] == ["start", "fetch", "complete"]
    assert gateway.called("complete")[0].values["data"] == {"a": "b"}


def test_each_call_is_remembered_with_its_arguments() -> None:
    """Amounts and keys can be asserted."""
    gateway, payment, part = ScriptedGateway(), ref(request_for()), Price(Decimal("5.00"), "EUR")
    event = Event(id="e1", kind=EventKind.PAYMENT)
    created = refunded(part, "k3")
    gateway.play(authorised, declined, created, created, None, [event])

    gateway.capture(payment, part, "k1", final=False)
    gateway.cancel(payment, "k2")
    answers = [gateway.refund(payment, part, "k3"), gateway.fetch_refund(payment, "refund-k3")]
    missing = gateway.find_refund(payment, "k4", part)
    events = gateway.parse_webhook(WebhookRequest(body=b"", headers={}))

    assert gateway.called("capture")[0].values == {"asked": payment, "price": part, "key": "k1", "final": False}
    assert gateway.called("refund")[0].values["key"] == "k3"
    assert (answers, missing, events) == ([created, created], None, [event])


def test_a_call_that_nobody_wrote_an_answer_for_fails_the_test() -> None:
    """Nothing is made up."""
    with pytest.raises(AssertionError, match="no answer left for start"):
        ScriptedGateway().start(request_for())


class ChargesTwice(DummyGateway):
    def start(self, request: StartRequest) -> Result:
        new = uuid4().hex
        result = super().start(replace(request, reference=new, key=new))
        return replace(result, reference=request.reference)


class RaisesDeclines(DummyGateway):
    def start(self, request: StartRequest) -> Result:
        result = super().start(request)
        if result.status is Status.FAILED:
            raise OutcomeUnknown("declined")
        return result


class ForgetsTheVoid(DummyGateway):
    def fetch(self, payment: PaymentRef) -> Result:
        result = super().fetch(payment)
        return replace(result, entries=[entry for entry in result.entries if entry.kind.value != "void"])


class RefundsTwice(DummyGateway):
    def refund(self, payment: PaymentRef, price: Price, key: str, reason: str = "") -> RefundResult:
        self.number = getattr(self, "number", 0) + 1
        return super().refund(payment, price, f"{key}-{self.number}", reason)


class BelievesAnybody(DummyGateway):
    def parse_webhook(self, request: WebhookRequest) -> list[Event]:
        return [Event(id="e1", kind=EventKind.PAYMENT, reference="r")]


class SaysNothing(DummyGateway):
    capabilities = Capabilities()


def contract(gateway: Callable[..., DummyGateway], options: Mapping[str, Any]) -> GatewayContract:
    class Contract(GatewayContract):
        declined_input = {"scenario": "decline"}

        def make_gateway(self) -> DummyGateway:
            return gateway(**options)

        def deliver(self, payment: PaymentRef) -> WebhookRequest:
            return self.make_gateway().webhook(payment.reference)

    return Contract()


@pytest.mark.parametrize(
    ("wrong", "test"),
    [
        (ChargesTwice, "test_a_start_with_the_same_key_is_the_same_payment"),
        (RaisesDeclines, "test_a_decline_is_a_result"),
        (ForgetsTheVoid, "test_an_authorisation_is_captured_in_part"),
        (ForgetsTheVoid, "test_an_authorisation_is_let_go"),
        (RefundsTwice, "test_a_refund_is_made_once_for_each_key"),
        (RefundsTwice, "test_a_refund_is_found_again"),
        (BelievesAnybody, "test_a_delivery_is_verified"),
        (SaysNothing, "test_an_authorisation_is_let_go"),
        (SaysNothing, "test_a_refund_is_made_once_for_each_key"),
        (SaysNothing, "test_a_delivery_is_verified"),
    ],
)
def test_the_contract_notices_what_is_wrong(tmp_path: Any, wrong: type[DummyGateway], test: str) -> None:
    """The same test passes for the gateway that is right."""
    options = {"path": tmp_path / "books.sqlite3", "allow": True}
    getattr(contract(DummyGateway, options), test)()

    with pytest.raises((AssertionError, GatewayError)):
        getattr(contract(wrong, options), test)()
