"""One form sent twice at the same moment, on PostgreSQL; the control sends two forms, as if neither had a key."""

from __future__ import annotations

import time
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse

from tests.forms import filled_in
from tests.payments.conftest import started
from tradepost.core.actors import SYSTEM
from tradepost.core.models import OneTimeKey
from tradepost.inventory import services as inventory
from tradepost.inventory.models import StockLevel, StockMovement
from tradepost.payments.interface import Price
from tradepost.payments.models import Transaction
from tradepost.testing import factories
from tradepost.testing.gateways import ScriptedGateway, captured, refunded
from tradepost.testing.races import together

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


def posts(url: str, *forms: dict[str, Any]) -> list[Callable[[], int]]:
    """A browser for each form, all signed in as the same member of staff."""
    boss = get_user_model().objects.create_superuser("boss", "boss@example.com", "x")
    calls: list[Callable[[], int]] = []
    for form in forms:
        client = Client()
        client.force_login(boss)
        calls.append(partial(lambda client, form: client.post(url, form).status_code, client, form))
    return calls


@pytest.mark.parametrize(("is_one_form", "on_hand"), [(True, 5), (False, 10)])
def test_units_that_are_received_by_two_clicks_at_once_arrive_once(is_one_form: bool, on_hand: int) -> None:
    """5, not 10; two forms are two deliveries."""
    level = factories.stock(on_hand=0)
    forms = [filled_in(quantity=5)] * 2 if is_one_form else [filled_in(quantity=5), filled_in(quantity=5)]
    url = reverse("admin:tradepost_stocklevel_act", args=[level.pk, "receive"])

    assert together(posts(url, *forms)) == [302, 302]

    assert (StockLevel.objects.get().on_hand, StockMovement.objects.count()) == (on_hand, on_hand // 5)


class Slow(ScriptedGateway):
    """Takes its time to refund, so that the second click comes while the first is under way."""

    def refund(self, *args: Any, **values: Any) -> Any:
        time.sleep(0.5)
        return super().refund(*args, **values)


@pytest.mark.parametrize(("is_one_form", "refunds"), [(True, 1), (False, 2)])
def test_a_refund_by_two_clicks_at_once_is_one(
    gateway: ScriptedGateway,
    is_one_form: bool,
    refunds: int,
) -> None:
    """The provider is called once, while it takes half a second; two forms are two refunds."""
    payment = started(gateway, captured, "100.00")
    gateway.__class__ = Slow
    part = Price(Decimal("10.00"), "EUR")
    gateway.play(refunded(part, "r1"), refunded(part, "r2"))
    asked = {"operation": "refund", "amount": "10.00"}
    forms = [filled_in(asked)] * 2 if is_one_form else [filled_in(asked), filled_in(asked)]

    assert together(posts(reverse("admin:tradepost_payment_operate", args=[payment.pk]), *forms)) == [302, 302]

    rows = Transaction.objects.filter(kind="refund")
    assert [row.amount for row in rows] == [Decimal("10.00")] * refunds
    assert len(gateway.called("refund")) == refunds


@pytest.mark.parametrize(("keys", "on_hand"), [(["k", "k", "k"], 5), (["", "", ""], 15)])
def test_calls_with_one_key_at_once_book_once(keys: list[str], on_hand: int) -> None:
    """Each is given the level as it stands after the one that booked; without a key each books."""
    level = factories.stock(on_hand=0)
    receive = partial(inventory.receive, level.variant_id, level.location_id, 5, by=SYSTEM)

    results = together([partial(receive, idempotency_key=key) for key in keys])

    assert {type(result) for result in results} == {StockLevel}
    assert max(result.on_hand for result in results) == on_hand == StockLevel.objects.get().on_hand
    assert OneTimeKey.objects.count() == len(set(keys) - {""})
