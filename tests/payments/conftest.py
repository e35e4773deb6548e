from __future__ import annotations

from typing import Any

import pytest

from tradepost.core import db
from tradepost.orders.models import Order
from tradepost.payments import conf, services
from tradepost.payments.models import Payment
from tradepost.testing import placed
from tradepost.testing.gateways import ScriptedGateway

SCRIPTED = "tradepost.testing.gateways.ScriptedGateway"


@pytest.fixture
def gateway(settings: Any) -> ScriptedGateway:
    """Two methods of one scripted provider each: ``card`` (captured at once), ``hold`` (authorised first)."""
    settings.TRADEPOST_PAYMENTS = {
        "GATEWAYS": {
            "card": {"BACKEND": SCRIPTED},
            "hold": {"BACKEND": SCRIPTED, "CONFIRM_ON": "authorised", "CAPTURE": "by_hand"},
            "cod": {"BACKEND": SCRIPTED, "CONFIRM_ON": "placement"},
        }
    }
    provider = conf.gateway("card")
    assert isinstance(provider, ScriptedGateway)
    return provider


@db.atomic
def opened(total: str = "10.00", *, method: str = "card", order: Order | None = None) -> Payment:
    """A payment for all of an order, not started."""
    order = order or placed.order(placed.line_row(total), reserve=False)
    return services.open_payment(order, method=method)


def started(gateway: ScriptedGateway, answer: Any, total: str = "10.00", *, method: str = "card") -> Payment:
    """A payment whose start was answered."""
    gateway.play(answer)
    return services.start(opened(total, method=method))
