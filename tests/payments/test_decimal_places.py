"""An amount with more decimals than its currency is refused before the provider is called."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from tests.payments.conftest import started
from tradepost.core.actors import SYSTEM
from tradepost.core.errors import Invalid
from tradepost.payments import (
    conf,
    services,
)
from tradepost.payments.models import Payment, Transaction
from tradepost.testing import factories as make
from tradepost.testing.gateways import ScriptedGateway, authorised, captured

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("method", "answer", "act"),
    [
        ("hold", authorised, lambda payment, amount: services.capture(payment, amount, by=SYSTEM)),
        ("card", captured, lambda payment, amount: services.refund(payment, amount, by=SYSTEM)),
    ],
)
def test_half_a_cent_is_never_rounded(
    gateway: ScriptedGateway, method: str, answer: Any, act: Callable[[Payment, Decimal], Any]
) -> None:
    """Nothing is written, nothing is asked for."""
    used: Any = conf.gateway(method)
    payment = started(used, answer, "10.00", method=method)
    calls, rows = len(used.calls), Transaction.objects.count()

    with pytest.raises(Invalid) as refusal:
        act(payment, Decimal("4.995"))

    assert str(refusal.value) == "Amounts of EUR have 2 decimal places at most."
    assert (len(used.calls), Transaction.objects.count()) == (calls, rows)


@pytest.mark.usefixtures("gateway")
def test_no_payment_of_half_a_yen_is_opened() -> None:
    """The order stays as it was."""
    order = make.order(make.line_row(price="1650"), currency="JPY")

    with pytest.raises(Invalid, match="JPY have no decimal places"):
        services.open_payment(order, method="card", amount=Decimal("825.5"))

    assert not Payment.objects.exists()
