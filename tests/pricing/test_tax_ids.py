"""The form of a tax id, and the record of its check."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import Any

import pytest

from tradepost.pricing.tax.tax_ids import (
    FormatChecker,
    TaxIdCheck,
    compact,
)
from tradepost.testing.clock import frozen

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


@pytest.fixture
def _without_stdnum(monkeypatch: pytest.MonkeyPatch) -> None:
    """As where the extra isn't installed."""
    monkeypatch.setitem(sys.modules, "stdnum", None)


def checked(tax_id: str, country: str) -> tuple[bool | None, str, str]:
    """Verdict, method and country of a check."""
    messages = FormatChecker().check(compact(tax_id), country)
    return messages.valid, messages.method, messages.country


@pytest.mark.parametrize(
    ("tax_id", "country", "registered"),
    [
        ("DE 136 695 976", "DE", "DE"),
        ("136695976", "DE", "DE"),
        ("de136.695.976", "FR", "DE"),
        ("DE136695976", "", "DE"),
        ("ATU13585627", "AT", "AT"),
        ("U13585627", "AT", "AT"),
        ("EL094259216", "GR", "GR"),
        ("094259216", "GR", "GR"),
        ("CHE-107.787.577 IVA", "CH", "CH"),
        ("FR40303265045", "FR", "FR"),
        ("ESB58378431", "ES", "ES"),
        ("GB980780684", "GB", "GB"),
        ("XI980780684", "GB", "GB"),
        ("IE6433435F", "IE", "IE"),
        ("NO995525828MVA", "NO", "NO"),
    ],
)
@pytest.mark.parametrize("stdnum", [True, False])
def test_a_good_form_says_no_more_than_that(
    tax_id: str, country: str, registered: str, stdnum: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody was asked whether it is registered. With ``python-stdnum`` and without."""
    if not stdnum:
        monkeypatch.setitem(sys.modules, "stdnum", None)

    valid, method, result = checked(tax_id, country)

    assert (valid, result) == (None, registered)
    assert method == ("checksum" if stdnum and not tax_id.startswith("XI") else "format")


@pytest.mark.parametrize(
    ("tax_id", "country"),
    [("DE12", "DE"), ("HELLO", "DE"), ("", "DE"), ("U1358562", "AT"), ("DE1366959761", "FR"), ("NL123456789", "NL")],
)
@pytest.mark.usefixtures("_without_stdnum")
def test_a_wrong_form_is_wrong(tax_id: str, country: str) -> None:
    """Whatever is installed."""
    assert checked(tax_id, country)[:2] == (False, "format")


def test_check_digits_are_looked_at_where_the_extra_is_installed() -> None:
    """The last digit should be a 6."""
    assert checked("DE136695975", "DE") == (False, "checksum", "DE")


@pytest.mark.usefixtures("_without_stdnum")
def test_and_are_not_where_it_is_not() -> None:
    """The form is good."""
    assert checked("DE136695975", "DE") == (None, "format", "DE")


@pytest.mark.parametrize(("tax_id", "country"), [("12-3456789", "US"), ("SEA810101AB1", "MX"), ("?", "ZZ")])
def test_of_other_countries_nothing_is_known(tax_id: str, country: str) -> None:
    """Even where an id begins as a Swedish one would."""
    assert checked(tax_id, country) == (None, "format", country)


def test_the_moment_is_kept() -> None:
    """By the shop's clock."""
    with frozen(NOON):
        assert FormatChecker().check("DE136695976", "DE").at == NOON


@pytest.mark.parametrize(
    ("values", "summary"),
    [
        ({"valid": True, "method": "vies", "reference": "WAPIAAAAYiDFyzAB"}, "valid vies 2026-11-20 WAPIAAAAYiDFyzAB"),
        ({"valid": None, "method": "format"}, "unknown format 2026-11-20"),
        ({"valid": False, "method": "checksum"}, "invalid checksum 2026-11-20"),
        ({"valid": True, "method": "register", "reference": "R" * 40}, "valid register 2026-11-20 RRRRRRRRRRRRRR"),
    ],
)
def test_an_order_keeps_a_check_in_a_line(values: dict[str, Any], summary: str) -> None:
    """Of forty characters at most."""
    assert TaxIdCheck(at=NOON, **values).summary == summary


def test_a_check_is_stored_whole() -> None:
    """And read again; nothing stored is no check."""
    check = TaxIdCheck(valid=True, method="vies", at=NOON, country="DE", reference="W1", name="Analytical Engines")

    assert TaxIdCheck.stored(check.as_dict()) == check
    assert TaxIdCheck.stored({}) is None
