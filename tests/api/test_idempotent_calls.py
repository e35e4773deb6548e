"""Every call that changes something heeds an ``Idempotency-Key``, or says here why it doesn't."""

from __future__ import annotations

from typing import Any

import pytest

from tradepost.api.callers import idempotency
from tradepost.api.models import IdempotencyRecord
from tradepost.api.routers import Router
from tradepost.basket.models import Basket

from .conftest import Call

# The first part of the paths, and why the same call twice does no harm.
WITHOUT = {
    "auth/register": "A mail's link makes the account, once; passwords aren't written down.",
    "auth/password": "A password isn't written down; the same one twice is one.",
    "auth/email": "The password in it isn't written down; links of mails are used once.",
    "auth/close": "A closed account is closed.",
    "auth/token": "Tokens aren't written down; a refresh token that is sent twice gives nothing new.",
    "staff/dry-run": "Nothing is written.",
    "webhooks": "Each delivery is stored once, by the provider's own key.",
}


def test_every_unsafe_call_heeds_a_key() -> None:
    """Those that don't have a reason, and a reason without a call is none."""
    without = {
        next((prefix for prefix in WITHOUT if endpoint.path.startswith(f"{prefix}/")), endpoint.path)
        for endpoint in Router().endpoints()
        if endpoint.method != "get" and not getattr(endpoint.viewset, "remembers", False)
    }

    assert without == set(WITHOUT)


@pytest.mark.django_db
def test_an_answer_that_is_too_large_is_not_kept_but_the_call_is_not_made_again(
    post: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    """409 with the status that it had."""
    monkeypatch.setattr(idempotency, "MAX_ANSWER", 20)

    first: Any = post("baskets/", key="k1")
    again = post("baskets/", key="k1")

    assert (first.status_code, again.status_code) == (201, 409)
    assert again.json()["errors"][0]["code"] == "answer_not_kept"
    assert again.json()["context"] == {"status": 201}
    assert Basket.objects.count() == 1
    assert IdempotencyRecord.objects.get().answer["too_large"] > 20
