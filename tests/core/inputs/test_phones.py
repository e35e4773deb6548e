"""Phone numbers as people write them."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from tradepost.core.inputs.phones import Phone, PhoneInvalid, read_phone

BERLIN = "+4930123456"


@pytest.mark.parametrize(
    ("typed", "region", "e164", "extension"),
    [
        ("+49 30 123456", "", BERLIN, ""),
        ("  030  123456 ", "DE", BERLIN, ""),
        ("+49 (0)30 123456", "US", BERLIN, ""),
        ("011 49 30 123456", "US", BERLIN, ""),
        ("٠٣٠ ١٢٣٤٥٦", "DE", BERLIN, ""),
        ("030 123456 ext. 12", "DE", BERLIN, "12"),
        ("1-800-FLOWERS", "US", "+18003569377", ""),
        ("555 0100 555", "US", "+15550100555", ""),
        ("+39 06 6982", "", "+39066982", ""),
        ("", "DE", "", ""),
    ],
)
def test_a_number_is_kept_as_typed_and_as_dialled(typed: str, region: str, e164: str, extension: str) -> None:
    """The country is that of the number, else that of the address."""
    assert read_phone(typed, region=region) == Phone(" ".join(typed.split()), e164, extension)


def test_the_shops_country_stands_in(settings: Any) -> None:
    """Where no address is beside the number; without it the code is asked for."""
    with pytest.raises(PhoneInvalid) as refusal:
        read_phone("030 123456", attr="phone")
    assert refusal.value.context == {"attr": "phone", "reason": "country_code"}

    settings.TRADEPOST_SHOP = {"COUNTRY": "DE"}
    assert read_phone("030 123456").e164 == BERLIN
    assert read_phone("0171 1234567", region="AT").e164 == "+431711234567"


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("1", "form"),
        ("+49", "form"),
        ("+999 30 123456", "country_code"),
        ("call me", "form"),
        ("+49 30 1234567890123456", "form"),
        ("1" * 41, "length"),
        ("1" * 300, "length"),
        ("+49 \x00 30 123456", "length"),
        ("\ud800", "length"),
    ],
)
def test_what_nobody_can_call_is_refused(typed: str, reason: str) -> None:
    """Whatever was sent, it is a refusal and no failure."""
    with pytest.raises(PhoneInvalid) as refusal:
        read_phone(typed, region="DE")

    assert (refusal.value.code, refusal.value.context["reason"]) == ("phone_invalid", reason)


def test_without_the_package_a_number_is_text(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of any form, but not of any length."""
    monkeypatch.setitem(sys.modules, "phonenumbers", None)

    assert read_phone("call me", region="DE") == Phone("call me")
    with pytest.raises(PhoneInvalid):
        read_phone("1" * 41)
