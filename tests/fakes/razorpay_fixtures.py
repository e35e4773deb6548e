"""Fixtures of the fake Razorpay, to be imported by the conftest of tests that use them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tradepost.gateways.razorpay import RazorpayGateway

from .razorpay_server import RazorpayServer


@pytest.fixture
def razorpay_server() -> Iterator[RazorpayServer]:
    """Razorpay's API with empty books."""
    with RazorpayServer() as server:
        yield server


@pytest.fixture
def make_razorpay(razorpay_server: RazorpayServer) -> Callable[..., RazorpayGateway]:
    """Make a gateway that talks to the fake."""

    def make(**options: Any) -> RazorpayGateway:
        defaults: dict[str, Any] = {
            "key_id": razorpay_server.key_id,
            "key_secret": razorpay_server.key_secret,
            "webhook_secrets": [razorpay_server.webhook_secret],
            "base_url": razorpay_server.url,
            "timeout": (1, 2),
        }
        return RazorpayGateway(**{**defaults, **options})

    return make


@pytest.fixture
def razorpay_gateway(make_razorpay: Callable[..., RazorpayGateway]) -> RazorpayGateway:
    """The gateway as a shop would set it up."""
    return make_razorpay()
