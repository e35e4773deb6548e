"""Contracts of sources of shipping rates, packers and carriers, as test classes to inherit from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import ClassVar

from tradepost.shipping.errors import CarrierUnavailable
from tradepost.shipping.ports import (
    Carrier,
    CarrierParcel,
    CarrierRate,
    CarrierRequest,
    Destination,
    Goods,
    Packer,
    Parcel,
    Quote,
    ShippingRates,
)

from .amounts import fits

__all__ = ["CarrierContract", "PackerContract", "ShippingRatesContract"]

_NOTHING = Decimal(0)


class ShippingRatesContract:
    """The contract for the checkout: methods with stable codes, and either a price or a reason.

    Attributes:
        destination: One that something reaches.
        parcel: One that something carries.
    """

    destination: ClassVar[Destination] = Destination("DE", postcode="10115")
    parcel: ClassVar[Parcel] = Parcel.of(
        [Goods(sku="MUG", name="Mug", product_id=1, quantity=2, weight=400, value=Decimal(25), gross=Decimal(25))],
        "EUR",
    )

    def make_rates(self) -> ShippingRates:
        """The rates, made as a project's settings would."""
        raise NotImplementedError

    def arrange(self) -> None:
        """Rows or fakes that the rates need; called once, first."""

    def _quotes(self) -> Sequence[Quote]:
        self.arrange()
        return self._ask(self.make_rates())

    def _ask(self, rates: ShippingRates) -> Sequence[Quote]:
        goods = [replace(item, value=_NOTHING, gross=_NOTHING) for item in self.parcel.goods]
        worthless = [Parcel.of(goods, self.parcel.currency)]
        return rates.load(self.destination, self.parcel.currency, worthless)(self.parcel)

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
        """The price on the page is the order's."""
        self.arrange()
        rates = self.make_rates()
        first, second = (self._ask(rates) for _ in range(2))

        assert list(first) == list(second)

    def test_rates_are_loaded_without_goods_too(self) -> None:
        """For who asks for the names of the methods alone."""
        self.arrange()
        named = self.make_rates().load(self.destination, self.parcel.currency)(self.parcel)

        assert [quote.code for quote in named] == [quote.code for quote in self._ask(self.make_rates())]

    def test_an_unknown_destination_is_no_mistake(self) -> None:
        """The first page of a basket knows no address yet."""
        self.arrange()
        list(self.make_rates().load(Destination(), self.parcel.currency)(self.parcel))

    def test_days_are_in_order(self) -> None:
        """The earliest day isn't after the latest."""
        for quote in self._quotes():
            if quote.min_days is not None and quote.max_days is not None:
                assert 0 <= quote.min_days <= quote.max_days


class PackerContract:
    """The contract for rates: nothing is lost or doubled, and the same goods are packed the same way.

    Attributes:
        delivery: With light, heavy and weightless goods.
    """

    delivery: ClassVar[Parcel] = Parcel.of(
        [
            Goods(sku="MUG", quantity=12, weight=400, sides=(120, 90, 90), value=Decimal("50.05"), gross=Decimal(60)),
            Goods(
                sku="ANVIL", quantity=2, weight=90_000, sides=(500, 300, 200), value=Decimal(100), gross=Decimal(100)
            ),
            Goods(sku="CARD", quantity=1),
        ],
        "EUR",
    )

    def make_packer(self) -> Packer:
        """The packer, made as a project's settings would."""
        raise NotImplementedError

    def test_each_unit_is_packed_once(self) -> None:
        """With all of its value."""
        parcels = self.make_packer().pack(self.delivery)
        units: Counter[str] = Counter()
        for parcel in parcels:
            units.update({item.sku: item.quantity for item in parcel.goods})

        assert units == Counter({item.sku: item.quantity for item in self.delivery.goods})
        assert sum((parcel.value for parcel in parcels), _NOTHING) == self.delivery.value
        assert sum(parcel.weight for parcel in parcels) == self.delivery.weight

    def test_no_parcel_is_empty(self) -> None:
        """Each would be paid for."""
        assert all(parcel.items for parcel in self.make_packer().pack(self.delivery))

    def test_values_do_not_matter(self) -> None:
        """Rates are loaded before there are discounts, for the same parcels."""
        worthless = [replace(item, value=_NOTHING, gross=_NOTHING) for item in self.delivery.goods]
        packer = self.make_packer()

        assert _units(packer.pack(Parcel.of(worthless, "EUR"))) == _units(packer.pack(self.delivery))


def _units(parcels: Sequence[Parcel]) -> list[list[tuple[str, int]]]:
    return [[(item.sku, item.quantity) for item in parcel.goods] for parcel in parcels]


class CarrierContract:
    """The contract for carriers' rates: services with prices in the currency's units, and one error where no answer came.

    Attributes:
        request: A delivery that the carrier takes.
    """

    request: ClassVar[CarrierRequest] = CarrierRequest(
        destination=Destination("DE", postcode="10115"),
        currency="EUR",
        parcels=(CarrierParcel(weight=800, longest=300, girth=900, volume=6_000_000), CarrierParcel(weight=2000)),
    )

    def make_carrier(self) -> Carrier:
        """The carrier, made as a project's settings would, against a fake of it or its sandbox."""
        raise NotImplementedError

    def break_carrier(self) -> None:
        """Let the carrier answer with nonsense, or not at all, from now on."""
        raise NotImplementedError

    def _rates(self) -> Sequence[CarrierRate]:
        return list(self.make_carrier().rates(self.request))

    def test_something_is_on_offer(self) -> None:
        """Each service once."""
        services = [rate.service for rate in self._rates()]

        assert services
        assert all(services)
        assert len(set(services)) == len(services)

    def test_amounts_fit_their_currency(self) -> None:
        """Exact, and at least zero."""
        for rate in self._rates():
            assert isinstance(rate.amount, Decimal)
            assert rate.amount >= 0
            assert fits(rate.amount, rate.currency)

    def test_days_are_in_order(self) -> None:
        """The earliest isn't after the latest."""
        for rate in self._rates():
            if rate.min_days is not None and rate.max_days is not None:
                assert 0 <= rate.min_days <= rate.max_days

    def test_the_same_delivery_costs_the_same(self) -> None:
        """A stored answer stands for a fresh one."""
        assert self._rates() == self._rates()

    def test_more_parcels_do_not_cost_less(self) -> None:
        """All parcels of a request are paid for."""
        single = replace(self.request, parcels=self.request.parcels[:1])
        alone = {rate.service: rate.amount for rate in self.make_carrier().rates(single)}

        assert all(rate.amount >= alone[rate.service] for rate in self._rates() if rate.service in alone)

    def test_no_answer_is_carrier_unavailable(self) -> None:
        """And nothing else, so that the page goes on without it."""
        carrier = self.make_carrier()
        self.break_carrier()

        try:
            rates = list(carrier.rates(self.request))
        except CarrierUnavailable:
            return
        raise AssertionError(f"it is broken, and answers {rates}")
