"""What every source of shipping rates must do, as a test class to inherit from."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import ClassVar

from tradepost.shipping.ports import Destination, Parcel, Quote, ShippingRates

from .amounts import fits

__all__ = ["ShippingRatesContract"]


class ShippingRatesContract:
    """What the checkout relies on: methods with stable codes, and either a price or a reason.

    Attributes:
        destination: One that something reaches.
        parcel: One that something carries.
    """

    destination: ClassVar[Destination] = Destination("DE", postcode="10115")
    parcel: ClassVar[Parcel] = Parcel(currency="EUR", items=2, weight=800, value=Decimal("25.00"))

    def make_rates(self) -> ShippingRates:
        """The rates, made as a project's settings would."""
        raise NotImplementedError

    def arrange(self) -> None:
        """Rows or fakes that the rates need; called once, first."""

    def _quotes(self) -> Sequence[Quote]:
        self.arrange()
        return self.make_rates().load(self.destination, self.parcel.currency)(self.parcel)

    def test_something_is_on_offer(self) -> None:
        """Named, for the destination and parcel of this class."""
        on_offer = [quote for quote in self._quotes() if quote.amount is not None]

        assert on_offer
        assert all(quote.name for quote in on_offer)

    def test_codes_name_one_method_each(self) -> None:
        """A chosen method is found again by its code."""
        codes = [quote.code for quote in self._quotes()]

        assert all(codes)
        assert len(set(codes)) == len(codes)

    def test_a_price_or_a_reason(self) -> None:
        """Prices are at least zero and fit the currency; what isn't on offer says why."""
        for quote in self._quotes():
            if quote.amount is None:
                assert quote.reason, f"{quote.code} isn't on offer, and doesn't say why"
            else:
                assert quote.amount >= 0
                assert fits(quote.amount, self.parcel.currency)

    def test_the_same_parcel_costs_the_same(self) -> None:
        """What a page showed is what the order costs."""
        self.arrange()
        rates = self.make_rates()
        first, second = (rates.load(self.destination, self.parcel.currency)(self.parcel) for _ in range(2))

        assert list(first) == list(second)

    def test_an_unknown_destination_is_no_mistake(self) -> None:
        """The first page of a basket knows no address yet."""
        self.arrange()
        list(self.make_rates().load(Destination(), self.parcel.currency)(self.parcel))

    def test_days_are_in_order(self) -> None:
        """The earliest day isn't after the latest."""
        for quote in self._quotes():
            if quote.min_days is not None and quote.max_days is not None:
                assert 0 <= quote.min_days <= quote.max_days
