"""Of what a form posts only what the method declares is kept, and a card number is refused wherever it stands."""

from __future__ import annotations

from typing import Any

import pytest

from tests.payments.conftest import opened
from tradepost.payments import services
from tradepost.payments.errors import CardNumberRefused
from tradepost.payments.models import Payment, PaymentCall
from tradepost.payments.services.client_input import (
    check_fields,
    holds_card_number,
    wrong_fields,
)
from tradepost.testing.gateways import ScriptedGateway, captured

pytestmark = pytest.mark.django_db
VISA = "4242424242424242"


@pytest.fixture
def asking(gateway: ScriptedGateway, monkeypatch: pytest.MonkeyPatch) -> ScriptedGateway:
    """It takes one field."""
    monkeypatch.setattr(ScriptedGateway, "input_names", ["phone"])
    return gateway


def kept() -> Any:
    return Payment.objects.get().state.get("start", {}).get("client_input")


def test_what_the_method_doesnt_declare_is_dropped(asking: ScriptedGateway) -> None:
    """Before anything is stored, and the gateway doesn't see it either."""
    asking.play(captured)
    services.start(opened(), client_input={"phone": "0712345678", "cvc": "123", "name": "A. Lovelace"})
    assert kept() == {"phone": "0712345678"}
    assert asking.called("start")[0].values["asked"].client_input == {"phone": "0712345678"}


@pytest.mark.parametrize(
    "client_input",
    [
        {"card_number": VISA},
        {"phone": "4242 4242 4242 4242"},
        {"phone": "4242-4242-4242-4242"},
        {"phone": "4242\u20134242\u20134242\u20134242"},
        {"phone": "my card is 378282246310005, thanks"},
        {"card": {"number": [VISA]}},
        {"number": int(VISA)},
        {VISA: "x"},
        {"phone": "\uff14\uff12\uff14\uff12" * 4},
        {"save_consent": "5555555555554444"},
        {"phone": "4242 4242 4242 4242 12/27 123"},
        {"phone": "12/27 4242 4242 4242 4242"},
        {"phone": "4242424242424242 12 2027 123"},
        {"phone": float(VISA)},
    ],
)
def test_a_card_number_is_refused_wherever_it_stands(asking: ScriptedGateway, client_input: dict[str, Any]) -> None:
    """Declared or not; nothing is stored, and nobody is asked."""
    payment = opened()
    with pytest.raises(CardNumberRefused) as refusal:
        services.start(payment, client_input=client_input)
    assert refusal.value.code == "card_number_refused"
    assert VISA not in f"{refusal.value} {refusal.value.context}"
    with pytest.raises(CardNumberRefused):
        check_fields("card", client_input)
    assert (kept(), asking.calls, PaymentCall.objects.count()) == (None, [], 0)
    assert Payment.objects.get().status == "created"


@pytest.mark.parametrize(
    "text",
    [
        "4242424242424241",  # fails the check
        "424242424242",  # 12 digits
        "42424242424242424242",  # 20 digits
        "0000000000000000",
        "ctoken_1Nv0FGQ9RKHgCVdK4242424242424242",
        "+254712345678",
        "11111111-1111-4111-8111-111111111111",
        "pm_4242424242424242",
        "DE65 4242 4242 4242 4242 00",  # an account, by its own check
    ],
)
def test_what_isnt_one_is_let_through(text: str) -> None:
    """Tokens, phones, accounts and UUIDs."""
    assert not holds_card_number({"a": [text]})


def test_the_field_is_named_where_the_form_is_shown_again(asking: ScriptedGateway) -> None:
    """A sentence that says where the card belongs."""
    assert list(wrong_fields("card", {"phone": VISA})) == ["phone"]


def test_gateways_of_ours_say_what_they_take() -> None:
    """The fields that their documentation names."""
    from tradepost.gateways.dummy import DummyGateway
    from tradepost.gateways.stripe import StripeGateway

    assert list(StripeGateway.input_names.fget(None)) == ["confirmation_token", "payment_method"]  # type: ignore[attr-defined]
    assert list(DummyGateway.input_names.fget(None)) == ["scenario"]  # type: ignore[attr-defined]
