from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from itertools import count
from typing import Any

import pytest

from tests.fakes.fixtures import stripe_server
from tests.fakes.paypal_fixtures import make_paypal, paypal_gateway, paypal_server
from tests.fakes.razorpay_fixtures import make_razorpay, razorpay_gateway, razorpay_server
from tests.fakes.stripe_server import StripeServer
from tradepost.gateways.stripe import StripeGateway
from tradepost.payments.interface import (
    PaymentRef,
    Price,
    Result,
    StartRequest,
)

__all__ = [
    "make_paypal",
    "make_razorpay",
    "paypal_gateway",
    "paypal_server",
    "razorpay_gateway",
    "razorpay_server",
    "stripe_server",
]

_numbers = count(1)


def request_for(amount: str = "20.00", currency: str = "EUR", **values: Any) -> StartRequest:
    """A start with a reference and a key of its own."""
    number = next(_numbers)
    return StartRequest(
        **{
            "reference": f"reference-{number}",
            "key": f"start-{number}",
            "price": Price(Decimal(amount), currency),
            "return_url": "https://shop.example/return/",
            **values,
        }
    )


def ref(request: StartRequest, result: Result | None = None) -> PaymentRef:
    """The reference of a payment after its start."""
    return PaymentRef(
        reference=request.reference,
        provider_ref=result.provider_ref if result else "",
        price=request.price,
        state=result.state if result else {},
    )


def entries(result: Result) -> list[tuple[str, Decimal, str]]:
    """Kind, amount and state of each entry."""
    return [(entry.kind.value, entry.amount, entry.state.value) for entry in result.entries]


@pytest.fixture
def make_stripe(stripe_server: StripeServer) -> Callable[..., StripeGateway]:
    """Make a gateway that talks to the fake; repeated calls are switched off, so that each fault is seen."""

    def make(**options: Any) -> StripeGateway:
        defaults: Mapping[str, Any] = {
            "secret_key": stripe_server.secret_key,
            "publishable_key": "pk_test_fake",
            "webhook_secrets": [stripe_server.webhook_secret],
            "base_url": stripe_server.url,
            "timeout": (1, 2),
            "retries": 0,
        }
        return StripeGateway(**{**defaults, **options})

    return make


@pytest.fixture
def stripe_gateway(make_stripe: Callable[..., StripeGateway]) -> StripeGateway:
    """The gateway as a shop would set it up."""
    return make_stripe()
