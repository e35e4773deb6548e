"""A mistake in ``TRADEPOST_PAYMENTS`` is told at the start, with what to write instead."""

from __future__ import annotations

from typing import Any

import pytest

from tradepost.payments.checks import check_payments

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
        ({"BACKEND": "nowhere.Gateway"}, "E605", "Mend its BACKEND and OPTIONS."),
        ({"BACKEND": SCRIPTED, "OPTIONS": {"colour": "red"}}, "E605", "Mend its BACKEND and OPTIONS."),
        ({"BACKEND": "decimal.Decimal"}, "E606", "Subclass tradepost.payments.ports.Gateway."),
    ],
)
def test_a_wrong_entry_is_told(settings: Any, entry: Any, code: str, hint: str) -> None:
    """Each mistake has an id of its own, and a hint."""
    [(found, advice)] = told(settings, entry)

    assert found == f"tradepost.{code}"
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
