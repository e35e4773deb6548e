"""Amounts at Stripe's edge: exact, or refused."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes.stripe_server import StripeServer
from tradepost.gateways.stripe import StripeGateway
from tradepost.gateways.stripe.money import from_units, units
from tradepost.payments.interface import (
    Misconfigured,
    Price,
    Rejected,
)

from ..conftest import request_for


@pytest.mark.parametrize(
    ("amount", "currency", "expected"),
    [
        ("30.00", "USD", 3000),
        ("19.99", "EUR", 1999),
        ("3000", "JPY", 3000),
        ("3000.0000", "JPY", 3000),
        ("1.230", "KWD", 1230),
        ("5000", "ISK", 500000),
        ("100.50", "HUF", 10050),
        ("1500", "MGA", 1500),
    ],
)
def test_an_amount_is_sent_in_stripes_units(
    stripe_server: StripeServer, stripe_gateway: StripeGateway, amount: str, currency: str, expected: int
) -> None:
    """The number of decimal places is Stripe's, and the answer is read back by the same."""
    result = stripe_gateway.start(request_for(amount, currency))

    assert stripe_server.books.intents[result.provider_ref]["amount"] == expected
    assert (result.amount, result.currency) == (Decimal(amount), currency)


@pytest.mark.parametrize(
    ("amount", "currency"),
    [("19.995", "EUR"), ("0.5", "JPY"), ("1.234", "KWD"), ("10.50", "ISK"), ("2.50", "MGA"), ("12.0001", "USD")],
)
def test_an_amount_that_does_not_fit_is_not_on_offer(
    stripe_server: StripeServer, stripe_gateway: StripeGateway, amount: str, currency: str
) -> None:
    """The method isn't offered, a start is refused, and nothing reaches Stripe."""
    reason = stripe_gateway.unavailable(Price(Decimal(amount), currency))
    with pytest.raises(Rejected) as refused:
        stripe_gateway.start(request_for(amount, currency))

    assert "decimal places" in reason
    assert refused.value.code == "amount_precision"
    assert stripe_server.requests == []


@pytest.mark.parametrize("currency", ["UGX", "LYD", "IQD", "XXZ"])
def test_a_currency_that_is_not_clear_is_not_on_offer(stripe_gateway: StripeGateway, currency: str) -> None:
    """Where Stripe's documents contradict each other, the project must say how many places there are."""
    assert currency in stripe_gateway.unavailable(Price(Decimal(5000), currency))
    with pytest.raises(Misconfigured):
        stripe_gateway.start(request_for("5000", currency))


def test_the_project_may_say_the_places(stripe_server: StripeServer, make_stripe: Callable[..., StripeGateway]) -> None:
    """The option counts before the table."""
    gateway = make_stripe(places={"UGX": 2})

    result = gateway.start(request_for("5000", "UGX"))

    assert gateway.unavailable(Price(Decimal(5000), "UGX")) == ""
    assert stripe_server.books.intents[result.provider_ref]["amount"] == 500000


@given(st.integers(1, 99_999_999), st.sampled_from(["EUR", "JPY", "USD", "XOF", "HUF"]))
def test_units_and_prices_are_each_others_inverse(number: int, currency: str) -> None:
    """An amount that Stripe states is asked for by the same number."""
    assert units(from_units(number, currency.lower(), {}), {}) == number


def test_what_stripe_finds_too_small_is_rejected(stripe_server: StripeServer, stripe_gateway: StripeGateway) -> None:
    """Limits of the account are Stripe's to know; its refusal books nothing."""
    with pytest.raises(Rejected) as refused:
        stripe_gateway.start(request_for("0.10"))

    assert refused.value.code == "amount_too_small"
    assert stripe_server.sums() == {}
