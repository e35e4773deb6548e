"""``tradepost_reconcile`` prints what differs, mends what is safe, and says by its exit code whether something is left."""

from __future__ import annotations

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from tests.payments.conftest import SCRIPTED, started
from tradepost.payments import conf
from tradepost.payments.interface import OutcomeUnknown
from tradepost.payments.models import Discrepancy, Payment, Transaction
from tradepost.testing.gateways import ScriptedGateway, captured, waiting

pytestmark = pytest.mark.django_db


@pytest.fixture
def gateway(settings: Any) -> ScriptedGateway:
    """One method, and one that nobody is asked about."""
    offline = {"BACKEND": "tradepost.gateways.manual.CashOnDelivery"}
    settings.TRADEPOST_PAYMENTS = {"GATEWAYS": {"card": {"BACKEND": SCRIPTED}, "cod": offline}}
    provider = conf.gateway("card")
    assert isinstance(provider, ScriptedGateway)
    return provider


def run(*options: str) -> tuple[str, str, int]:
    """Output, the last word, and the exit code."""
    out, err = StringIO(), StringIO()
    try:
        call_command("tradepost_reconcile", *options, stdout=out, stderr=err, no_color=True)
    except CommandError as error:
        return out.getvalue(), str(error), error.returncode
    return out.getvalue(), err.getvalue().strip(), 0


def test_what_agrees_is_counted_only(gateway: ScriptedGateway) -> None:
    """Nothing is left to do: exit code 0."""
    payment = started(gateway, captured)
    gateway.play(captured, captured)

    assert run() == ("", "1 payments: 1 agrees.", 0)
    assert payment.reference in run("--all")[0]


def test_what_the_provider_says_is_booked_and_shown(gateway: ScriptedGateway) -> None:
    """In a table; a second look finds nothing any more."""
    payment = started(gateway, waiting)
    gateway.play(captured, captured)

    out, last, code = run("--gateway", "card")
    head, row = out.splitlines()
    assert head.split() == ["PAYMENT", "ORDER", "OURS", "THEIRS", "VERDICT"]
    assert row.split() == [payment.reference, payment.order.number, *["captured", "10.00"] * 2, "mended"]
    assert (last, code) == ("1 payments: 1 mended.", 0)
    assert run()[1] == "1 payments: 1 agrees."


def test_a_dry_run_books_nothing(gateway: ScriptedGateway) -> None:
    """It says what it would; exit code 1."""
    started(gateway, waiting)
    gateway.play(captured)

    out, last, code = run("--dry-run")

    assert out.splitlines()[2] == "    captured: 0.00 here, 10.00 there"
    assert (last, code) == ("1 payments: 1 behind. Run it without --dry-run to book it.", 1)
    assert (Transaction.objects.count(), Payment.objects.get().status) == (0, "pending")


def test_what_is_left_ends_with_another_exit_code(gateway: ScriptedGateway) -> None:
    """1 where something differs, 2 where only an answer is missing."""
    payment = started(gateway, captured)
    gateway.play(OutcomeUnknown("read timed out"))
    assert run()[1:] == ("1 payments: 1 no answer.", 2)

    gateway.play(waiting)
    out, last, code = run("--json")
    [result] = json.loads(out)
    assert (result["reference"], result["verdict"], result["ours"]) == (payment.reference, "differs", "captured 10.00")
    assert (last, code) == ("1 payments: 1 differs. The admin lists what differs.", 1)
    assert Discrepancy.objects.get().kind == "differs"


@pytest.mark.parametrize("options", [("--since", "yesterday"), ("--since", "2026-02-31"), ("--gateway", "nobody")])
def test_nonsense_is_refused(gateway: ScriptedGateway, options: tuple[str, str]) -> None:
    """With a word about it, before anybody is asked."""
    started(gateway, captured)

    assert options[1] in run(*options)[1]
    assert gateway.called("fetch") == []


def test_only_payments_since_a_day_are_compared(gateway: ScriptedGateway) -> None:
    """By when they were made."""
    started(gateway, captured)

    assert run("--since", "2999-01-01")[1] == "0 payments: nothing to compare."
    assert gateway.called("fetch") == []
