"""Fixtures of the fakes, to be imported by the conftest of tests that use them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from .stripe_server import StripeServer


@pytest.fixture
def stripe_server() -> Iterator[StripeServer]:
    """Stripe's API with empty books."""
    with StripeServer() as server:
        yield server
