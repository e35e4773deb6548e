"""The record of a call: names on a list, and of those nothing that is a secret, a card, a phone or an address."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from tradepost.payments.call_log.redaction import HIDDEN, Redactor

KEY = "sk_live_4eC39HqLyjWDarjtT1zdp7dc"
PLAIN = Redactor()


@pytest.fixture
def redactor() -> Redactor:
    return Redactor.of_options({"secret_key": KEY, "webhook_secrets": ["hush-hush"], "base_url": "https://api.example"})


def test_only_names_on_the_list_are_kept() -> None:
    """A field that nobody has looked at is left out, whatever it holds, and so are containers of that kind."""
    answer = {
        "id": "pi_1",
        "amount": 1000,
        "client_secret": "pi_1_secret_x",
        "receipt_email": "a@b.example",
        "new_field": "?",
        "customer": {"id": "cus_1", "email": "a@b.example"},
        "metadata": {"id": "x", "note": "call me"},
        "latest_charge": {"id": "ch_1", "billing_details": {"name": "Ann"}, "captured": True},
    }

    kept = {"id": "pi_1", "amount": 1000, "latest_charge": {"id": "ch_1", "captured": True}}
    assert PLAIN.values(answer) == kept


def test_a_callback_of_a_phone_keeps_its_codes_only() -> None:
    """M-Pesa's items are pairs of a name and a value, among them the number that paid."""
    callback = {
        "Body": {
            "stkCallback": {
                "CheckoutRequestID": "ws_CO_1",
                "ResultCode": 0,
                "ResultDesc": "The service request of 254712345678 is processed.",
                "CallbackMetadata": {"Item": [{"Name": "PhoneNumber", "Value": 254712345678}]},
            }
        }
    }

    reported = PLAIN.values(callback)["Body"]["stkCallback"]
    assert reported == {
        "CheckoutRequestID": "ws_CO_1",
        "ResultCode": 0,
        "ResultDesc": f"The service request of {HIDDEN} is processed.",
    }


def test_a_value_is_kept_where_it_is_money() -> None:
    """PayPal writes ``{"currency_code", "value"}``; elsewhere a value may be a telephone."""
    amount = {"currency_code": "USD", "value": "12.34"}

    assert PLAIN.values({"amount": amount}) == {"amount": amount}
    assert PLAIN.values({"data": {"value": "0801234567"}}) == {"data": {}}


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (f"Invalid API Key provided: {KEY}", f"Invalid API Key provided: {HIDDEN}"),
        ("signed with hush-hush", f"signed with {HIDDEN}"),
        ("No account for ann.b+c@mail.example.org.", f"No account for {HIDDEN}"),
        ("Call +254 712 345 678 now", f"Call {HIDDEN} now"),
        ("Card 4242 4242 4242 4242 declined", f"Card {HIDDEN} declined"),
        ("Card 4242424242424242 declined", f"Card {HIDDEN} declined"),
        ("rzp_test_abcdef and Bearer abc.def-g", f"{HIDDEN} and {HIDDEN}"),
        ("pi_1_secret_xyz is wrong", f"{HIDDEN} is wrong"),
        ("declined, code 51 for 12.50", "declined, code 51 for 12.50"),
        ("with\x00nul and \ud800", "withnul and ?"),
    ],
)
def test_free_text_is_scrubbed(redactor: Redactor, text: str, kept: str) -> None:
    """Of secrets of the method's options, keys of any provider, addresses, phone and card numbers."""
    assert redactor.text(text) == kept


@pytest.mark.parametrize(
    ("word", "kept"),
    [("302961", "302961"), ("4099260516", "4099260516"), ("4242424242424242", HIDDEN), ("pi_3Nabc", "pi_3Nabc")],
)
def test_an_id_keeps_its_digits_unless_they_are_a_cards(word: str, kept: str) -> None:
    """Providers' ids are numbers, too; those of a card fit their check digit."""
    assert PLAIN.word(word) == kept
    assert PLAIN.values({"id": int(word)} if word.isdigit() else {"id": word}) == {
        "id": int(kept) if kept.isdigit() else kept
    }


def test_bodies_are_read_as_json_or_as_a_form(redactor: Redactor) -> None:
    """A body that is neither is dropped; numbers with a point stay exact."""
    form = f"amount=1000&currency=usd&metadata%5Bname%5D=Ann&secret={KEY}".encode()

    assert redactor.body(form) == {"amount": "1000", "currency": "usd"}
    assert redactor.body(b'{"amount": 10.10, "email": "a@b.example"}') == {"amount": str(Decimal("10.10"))}
    assert redactor.body(b"<html>oops a@b.example</html>") == {}
    assert redactor.body(b"\xff\xfe") == {}
    assert redactor.body(b"[" * 100_000) == {}


def test_nothing_nested_or_long_gets_out_of_hand() -> None:
    """Depth, items and texts are limited."""
    deep: object = {"id": "x"}
    for _ in range(50):
        deep = {"data": deep}
    many = {"items": [{"id": str(n)} for n in range(100)]}

    assert len(json.dumps(PLAIN.values(deep))) < 200
    assert len(PLAIN.values(many)["items"]) == 20
    assert len(PLAIN.text("x" * 10_000)) == 300


def test_a_path_has_no_query(redactor: Redactor) -> None:
    """A token of a callback's address stands there."""
    assert redactor.path(f"https://api.example/v1/pay/1?token={KEY}") == "/v1/pay/1"
    assert redactor.path("https://api.example/customer/a@b.example") == "/customer/…"
