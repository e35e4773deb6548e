"""``tradepost_webhooks`` shows deliveries, and processes them again."""

from __future__ import annotations

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from tests.payments.conftest import SCRIPTED, started
from tradepost.payments import conf
from tradepost.payments.interface import OutcomeUnknown
from tradepost.payments.models import Payment, WebhookReceipt
from tradepost.testing.gateways import ScriptedGateway, captured, waiting

pytestmark = pytest.mark.django_db


@pytest.fixture
def gateway(settings: Any) -> ScriptedGateway:
    settings.TRADEPOST_PAYMENTS = {"GATEWAYS": {"card": {"BACKEND": SCRIPTED}}}
    provider = conf.gateway("card")
    assert isinstance(provider, ScriptedGateway)
    return provider


def receipt(event: str, reference: str = "", **values: Any) -> WebhookReceipt:
    payload = {"reference": reference}
    record = {"gateway": "card", "kind": "payment", "payload": payload, **values}
    return WebhookReceipt.objects.create(event_id=event, **record)


def run(*options: str) -> str:
    out = StringIO()
    call_command("tradepost_webhooks", *options, stdout=out, stderr=StringIO(), no_color=True)
    return out.getvalue()


def test_deliveries_are_counted_and_failures_shown(gateway: ScriptedGateway) -> None:
    """By gateway and state; none at all is said as well."""
    assert run() == "No deliveries.\n"
    receipt("e1", state="processed")
    receipt("e2", state="failed", tries=3, error="RuntimeError: no")
    receipt("e3", state="processed", gateway="other")

    assert run().splitlines() == [
        "card  1 processed, 1 failed",
        "other  1 processed",
        "  e2  payment, 3 tries: RuntimeError: no",
    ]
    assert "e2" not in run("--gateway", "other")
    assert json.loads(run("--json"))["failed"][0]["event"] == "e2"


def test_what_failed_is_processed_again(gateway: ScriptedGateway) -> None:
    """Also after the job has given it up; the provider is asked, and what it says is booked."""
    payment = started(gateway, waiting)
    receipt("e1", payment.reference, state="failed", tries=10)
    receipt("e2", "nobody", state="received")
    receipt("e3", state="processed")
    gateway.play(captured)

    assert run("--failed") == "card  e1  processed\ncard  e2  unmatched\n"
    assert Payment.objects.get().status == "captured"
    assert list(WebhookReceipt.objects.order_by("pk").values_list("state", flat=True)) == [
        "processed",
        "unmatched",
        "processed",
    ]


def test_one_is_replayed_by_its_id(gateway: ScriptedGateway) -> None:
    """Although it was processed; again it changes nothing."""
    payment = started(gateway, waiting)
    receipt("e1", payment.reference, state="processed")
    gateway.play(captured, captured)

    for _ in range(2):
        assert run("--replay", "e1") == "card  e1  processed\n"
    assert Payment.objects.get().transactions.count() == 1


def test_one_that_fails_again_ends_with_another_exit_code(gateway: ScriptedGateway) -> None:
    """The others go on."""
    first, second = started(gateway, waiting), started(gateway, waiting)
    receipt("e1", first.reference, state="failed")
    receipt("e2", second.reference, state="failed")
    Payment.objects.filter(pk=first.pk).update(outcome_unknown=True)
    gateway.play(OutcomeUnknown("no answer"), captured)

    with pytest.raises(CommandError, match=r"1 of 2 failed again\."):
        run("--failed")
    assert Payment.objects.get(pk=second.pk).status == "captured"


def test_an_unknown_id_is_refused(gateway: ScriptedGateway) -> None:
    """Nothing is processed then."""
    payment = started(gateway, waiting)
    receipt("e1", payment.reference, state="failed")

    with pytest.raises(CommandError, match="no such delivery: e9"):
        run("--replay", "e1", "e9")
    assert gateway.called("fetch") == []
