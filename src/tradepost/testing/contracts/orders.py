"""The contract of sources of order numbers, as a test class to inherit from."""

from __future__ import annotations

from tradepost.orders import services
from tradepost.orders.models import Order
from tradepost.orders.ports import Numbers
from tradepost.testing.placed import draft

__all__ = ["NumbersContract"]


class NumbersContract:
    """The contract for orders: numbers differ, fit, and are given back by a rollback or not used again. Needs the database."""

    def make_numbers(self) -> Numbers:
        """The source of numbers, made as a project's settings would."""
        raise NotImplementedError

    def _order(self) -> Order:
        return Order.objects.get(pk=services.create(draft(), numbered=False).pk)

    def test_numbers_differ_and_fit(self) -> None:
        """Twenty orders: twenty numbers of at most 32 characters, in which nobody misses a space."""
        numbers = self.make_numbers()
        drawn = [numbers.next(self._order()) for _ in range(20)]

        assert len(set(drawn)) == 20
        assert all(0 < len(number) <= 32 and number == "".join(number.split()) for number in drawn)
        assert all("/" not in number for number in drawn), "a number stands in links"

    def test_nobody_else_has_to_remember(self) -> None:
        """Made anew, as another process does, it goes on where the first one was."""
        first = [self.make_numbers().next(self._order()) for _ in range(3)]

        assert len(set(first)) == 3
