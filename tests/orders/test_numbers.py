"""The order numbers that come with the library."""

from __future__ import annotations

import pytest

from tradepost.orders.numbers import Sequential
from tradepost.testing.contracts import NumbersContract


@pytest.mark.django_db
class TestSequential(NumbersContract):
    """It keeps the contract."""

    def make_numbers(self) -> Sequential:
        return Sequential(prefix="A-", digits=6)
