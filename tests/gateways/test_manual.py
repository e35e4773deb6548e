"""Bank transfer and cash on delivery: the customer is told, staff book."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tradepost.gateways.manual import BankTransfer, CashOnDelivery
from tradepost.payments.interface import (
    EntryState,
    InvalidWebhook,
    NotSupported,
    Price,
    Rejected,
    Status,
    WebhookRequest,
)

from .conftest import entries, ref, request_for


def euros(amount: str) -> Price:
    return Price(Decimal(amount), "EUR")


def transfer(**options: object) -> BankTransfer:
    return BankTransfer(**{"account_holder": "Tradepost Ltd", "iban": "DE02 1203 0000 0000 2020 51", **options})


def test_the_customer_is_told_where_to_transfer() -> None:
    """Account, amount and reference, as text and in parts."""
    request = request_for("1234.5000")  # as a row of the database holds it

    result = transfer(bic="BYLADEM1001", bank="DKB", instructions="Thank you.").start(request)

    assert (result.status, result.entries, result.provider_ref) == (Status.REQUIRES_ACTION, (), request.reference)
    assert result.next_action is not None
    assert result.next_action.kind == "instructions"
    assert result.next_action.message.splitlines() == [
        "Please transfer €1,234.50 to this account, and state the reference.",
        "Account holder: Tradepost Ltd",
        "IBAN: DE02 1203 0000 0000 2020 51",
        "BIC: BYLADEM1001",
        "Bank: DKB",
        f"Reference: {request.reference}",
        "Thank you.",
    ]
    assert result.next_action.client_data == {
        "amount": "1234.50",
        "currency": "EUR",
        "reference": request.reference,
        "account_holder": "Tradepost Ltd",
        "iban": "DE02 1203 0000 0000 2020 51",
        "bic": "BYLADEM1001",
        "bank": "DKB",
    }


def test_the_customer_is_told_what_to_have_ready() -> None:
    """Cash on delivery waits for the parcel."""
    result = CashOnDelivery(instructions="Cash only.").start(request_for("20.00"))

    assert result.status is Status.PENDING
    assert result.next_action is not None
    assert result.next_action.message == "Please have €20.00 ready when your parcel arrives.\nCash only."


def test_staff_book_what_came_in_parts() -> None:
    """Each booking is one capture under its own key; the state is what was booked last."""
    gateway, request = transfer(), request_for("100.00")
    started = gateway.start(request)

    first = gateway.capture(ref(request, started), euros("60.00"), "capture-1", final=False)
    second = gateway.capture(ref(request, first), euros("40.00"), "capture-2")

    assert entries(first) == [("capture", Decimal("60.00"), "succeeded")]
    assert (first.entries[0].provider_ref, first.entries[0].key) == ("capture-1", "capture-1")
    assert entries(second) == [("capture", Decimal("40.00"), "succeeded")]
    assert gateway.fetch(ref(request, started)).status is Status.REQUIRES_ACTION
    assert gateway.fetch(ref(request, second)).status is Status.CAPTURED
    assert gateway.fetch(ref(request, second)).entries == ()


def test_staff_book_what_they_gave_back() -> None:
    """A refund is done when they say so."""
    gateway, request = CashOnDelivery(), request_for("100.00")

    result = gateway.refund(ref(request), euros("30.00"), "refund-1")

    assert (result.state, result.provider_ref, result.price) == (EntryState.SUCCEEDED, "refund-1", euros("30.00"))


def test_a_payment_that_never_came_is_cancelled() -> None:
    """It stays so."""
    gateway, request = transfer(), request_for()

    cancelled = gateway.cancel(ref(request), "cancel-1")

    assert (cancelled.status, cancelled.next_action) == (Status.CANCELLED, None)
    assert gateway.fetch(ref(request, cancelled)).status is Status.CANCELLED


def test_an_account_takes_its_own_currency_only() -> None:
    """Others aren't on offer."""
    gateway = transfer(currencies=["EUR"])

    assert gateway.unavailable(euros("1.00")) == ""
    assert gateway.unavailable(Price(Decimal("1.00"), "USD")) == "Not available for payments in USD."
    assert transfer().unavailable(Price(Decimal("1.00"), "USD")) == ""


def test_an_amount_that_cannot_be_paid_is_refused() -> None:
    """Nobody transfers half a cent."""
    with pytest.raises(Rejected):
        transfer().capture(ref(request_for()), euros("0.005"), "capture-1")
    with pytest.raises(Rejected):
        transfer().refund(ref(request_for()), euros("0.005"), "refund-1")


def test_a_missing_account_is_told_to_staff() -> None:
    """By the system check."""
    assert "iban" in transfer(iban="").problem()
    assert transfer().problem() == ""
    assert CashOnDelivery().problem() == ""


def test_nobody_delivers_webhooks() -> None:
    """There is no provider."""
    with pytest.raises(NotSupported):
        transfer().parse_webhook(WebhookRequest(body=b"{}", headers={}))
    assert not issubclass(NotSupported, InvalidWebhook)
