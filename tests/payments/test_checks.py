"""A mistake in ``TRADEPOST_PAYMENTS`` is told at the start, with what to write instead."""

from __future__ import annotations

from typing import Any

import pytest

from tradepost.payments import conf
from tradepost.payments.checks import check_payment_addresses, check_payments

SCRIPTED = "tradepost.testing.gateways.ScriptedGateway"
TRANSFER = "tradepost.gateways.manual.BankTransfer"


def told(settings: Any, entry: Any) -> list[tuple[str | None, str | None]]:
    """Id and hint of what is said of a shop with one payment method."""
    settings.TRADEPOST_PAYMENTS = {"GATEWAYS": {"card": entry}}
    return [(message.id, message.hint) for message in check_payments()]


@pytest.mark.parametrize(
    ("entry", "code", "hint"),
    [
        (
            "a.path",
            "E602",
            'TRADEPOST_PAYMENTS["GATEWAYS"]["card"] = {"BACKEND": "tradepost.gateways.manual.BankTransfer"',
        ),
        ({"OPTIONS": {}}, "E602", "BACKEND"),
        ({"BACKEND": SCRIPTED, "CONFIRM_UN": "captured"}, "E603", 'Did you mean "CONFIRM_ON"?'),
        ({"BACKEND": SCRIPTED, "zzz": 1}, "E603", "Known keys: "),
        ({"BACKEND": SCRIPTED, "CONFIRM_ON": "never"}, "E604", "One of: "),
        ({"BACKEND": "nowhere.Gateway"}, "E605", "Fix its BACKEND and OPTIONS."),
        ({"BACKEND": SCRIPTED, "OPTIONS": {"colour": "red"}}, "E605", "Fix its BACKEND and OPTIONS."),
        ({"BACKEND": "decimal.Decimal"}, "E606", "Subclass tradepost.payments.interface.Gateway."),
    ],
)
def test_a_wrong_entry_is_told(settings: Any, entry: Any, code: str, hint: str) -> None:
    """Each mistake has an id of its own, and a hint."""
    [(result, advice)] = told(settings, entry)

    assert result == f"tradepost.{code}"
    assert hint in str(advice)


def test_a_gateway_that_lacks_something_is_told(settings: Any) -> None:
    """A transfer without an account."""
    entry = {"BACKEND": TRANSFER, "OPTIONS": {"account_holder": "", "iban": ""}}

    assert told(settings, entry) == [("tradepost.E607", None)]


def test_a_sound_project_hears_nothing(settings: Any) -> None:
    """With a method or without any."""
    assert told(settings, {"BACKEND": SCRIPTED, "CONFIRM_ON": "placement", "LABEL": "Card"}) == []
    settings.TRADEPOST_PAYMENTS = {}
    assert check_payments() == []


def test_an_unknown_key_of_the_whole_is_told(settings: Any) -> None:
    """Before any gateway is looked at."""
    settings.TRADEPOST_PAYMENTS = {"GATEWAY": {}}

    assert [message.id for message in check_payments()] == ["tradepost.E601"]


STRIPE = "tradepost.gateways.stripe.StripeGateway"


def stripe(**options: str) -> dict[str, Any]:
    keys = {"secret_key": "sk_live_x", "publishable_key": "pk_live_x", "webhook_secrets": ["whsec_x"]}
    return {"BACKEND": STRIPE, "OPTIONS": {**keys, **options}}


@pytest.mark.parametrize(
    ("backend", "options"),
    [
        (STRIPE, {"secret_key": "sk_test_x"}),
        (STRIPE, {"secret_key": "rk_test_x"}),
        ("tradepost.gateways.razorpay.RazorpayGateway", {"key_id": "rzp_test_x"}),
        ("tradepost.gateways.chapa.ChapaGateway", {"secret_key": "CHASECK_TEST-x"}),
        ("tradepost.gateways.paypal.PayPalGateway", {"base_url": "https://api-m.sandbox.paypal.com"}),
        ("tradepost.gateways.mpesa.MpesaGateway", {"base_url": "https://sandbox.safaricom.co.ke"}),
    ],
)
def test_test_mode_is_told_when_debug_is_off(settings: Any, backend: str, options: dict[str, str]) -> None:
    """By the key's beginning, or the sandbox's address; while debugging nobody minds."""
    entry = {"BACKEND": backend, "OPTIONS": options}
    assert "tradepost.W610" in [code for code, _hint in told(settings, entry)]

    settings.DEBUG = True
    assert "tradepost.W610" not in [code for code, _hint in told(settings, entry)]


def test_live_keys_are_sound(settings: Any) -> None:
    """Nothing is said of them, and no message holds a key."""
    assert told(settings, stripe()) == []
    settings.TRADEPOST_PAYMENTS = {"GATEWAYS": {"card": stripe(secret_key="sk_test_abcdef")}}
    assert "abcdef" not in str(check_payments())


def test_plain_http_is_told_before_a_deployment(settings: Any) -> None:
    """The shop's own address, and a provider's; not one of this machine."""
    settings.TRADEPOST_SHOP = {"URL": "http://shop.example"}
    settings.TRADEPOST_PAYMENTS = {
        "GATEWAYS": {"card": stripe(base_url="http://proxy.example/"), "test": stripe(base_url="http://127.0.0.1:8420")}
    }
    messages = check_payment_addresses()
    assert [message.id for message in messages] == ["tradepost.W611", "tradepost.W612"]
    assert messages[1].hint == '"base_url": "https://proxy.example/"'

    settings.TRADEPOST_SHOP = {"URL": "https://shop.example"}
    settings.TRADEPOST_PAYMENTS = {"GATEWAYS": {"card": stripe()}}
    assert check_payment_addresses() == []


def test_settings_show_no_secret(settings: Any) -> None:
    """Not when they are printed, nor in a message of an error."""
    settings.TRADEPOST_PAYMENTS = {"GATEWAYS": {"card": stripe(secret_key="sk_live_hush")}}

    assert "hush" not in repr(conf.settings()) + repr(conf.method("card")) + repr(conf.gateway("card"))


def test_the_dummy_gateway_is_refused_when_debug_is_off(settings: Any) -> None:
    """Anybody could order for nothing; unless the shop says so."""
    entry: dict[str, Any] = {"BACKEND": "tradepost.gateways.dummy.DummyGateway"}
    assert [code for code, _hint in told(settings, entry)] == ["tradepost.E607"]
    assert told(settings, {**entry, "OPTIONS": {"allow": True}}) == []
    settings.DEBUG = True
    assert told(settings, entry) == []
