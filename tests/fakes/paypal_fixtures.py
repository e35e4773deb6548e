"""Fixtures of the fake PayPal, to be imported by the conftest of tests that use them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tradepost.gateways.paypal import PayPalGateway

from .paypal_server import PayPalServer


@pytest.fixture
def paypal_server() -> Iterator[PayPalServer]:
    """PayPal's API with empty books."""
    with PayPalServer() as server:
        yield server


@pytest.fixture
def make_paypal(paypal_server: PayPalServer) -> Callable[..., PayPalGateway]:
    """Make a gateway that talks to the fake."""

    def make(**options: Any) -> PayPalGateway:
        defaults: dict[str, Any] = {
            "client_id": paypal_server.client_id,
            "client_secret": paypal_server.client_secret,
            "webhook_id": paypal_server.webhook_id,
            "disputes": True,
            "base_url": paypal_server.url,
            "timeout": (1, 2),
        }
        return PayPalGateway(**{**defaults, **options})

    return make


@pytest.fixture
def paypal_gateway(make_paypal: Callable[..., PayPalGateway]) -> PayPalGateway:
    """The gateway as a shop would set it up."""
    return make_paypal()
