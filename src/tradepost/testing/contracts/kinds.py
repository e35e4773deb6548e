"""Contracts of kinds of conditions, benefits and shipping methods, as test classes to inherit from."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from decimal import Decimal
from typing import ClassVar

from tradepost.core.money import ZERO
from tradepost.pricing.document import ChargeRow, Document, Item, LineRow, Row
from tradepost.promotions.rules import Application, Benefit, Condition, Missing
from tradepost.shipping.base import AbstractShippingMethod
from tradepost.shipping.ports import Goods, Parcel

from .amounts import fits

__all__ = ["BenefitContract", "ConditionContract", "ShippingKindContract"]

_LOADED = {"groups", "has_ordered"}


def _line(number: int, price: str, quantity: int) -> LineRow:
    amount = Decimal(price)
    item = Item(
        key=f"line-{number}",
        variant_id=number,
        product_id=number,
        quantity=quantity,
        sku=f"SKU-{number}",
        product=f"product-{number}",
        weight=250 * number,
    )
    row = LineRow(key=item.key, tax_class="standard", gross=amount * quantity, item=item)
    row.unit_price = row.list_price = amount
    return row


def _document(*lines: LineRow, currency: str = "EUR") -> Document:
    delivery = ChargeRow(
        key="delivery", tax_class="standard", gross=Decimal("5.00"), kind="shipping", code="post", name="Post"
    )
    return Document(currency=currency, prices_include_tax=True, lines=list(lines), charges=[delivery])


def _documents() -> list[Document]:
    """Nothing, one thing, many things, the same in another currency."""
    few, many = [_line(1, "10.00", 1)], [_line(1, "0.01", 3), _line(2, "19.99", 2), _line(3, "100.00", 7)]
    return [
        Document(currency="EUR", prices_include_tax=True),
        _document(*few),
        _document(*many),
        _document(*deepcopy(many), currency="USD"),
    ]


def _rows(document: Document) -> list[Row]:
    return [*document.lines, *document.charges]


class ConditionContract:
    """The contract for the calculation: an answer, the same one each time, and nothing changed.

    Attributes:
        documents: More that the condition is asked about, made for it.
    """

    documents: ClassVar[Sequence[Document]] = ()

    def make_condition(self) -> Condition:
        """The condition, as its model's ``rule()`` gives it."""
        raise NotImplementedError

    def _all(self) -> list[Document]:
        return [*_documents(), *deepcopy(list(self.documents))]

    def test_it_holds_or_says_why(self) -> None:
        """A stable code, and a sentence for customers."""
        for document in self._all():
            reason = self.make_condition().unmet(document)
            assert reason is None or (reason.code.isidentifier() and str(reason.text))

    def test_asking_changes_nothing(self) -> None:
        """It is asked before benefits, and on copies."""
        condition = self.make_condition()
        for document in self._all():
            before = deepcopy(document)
            assert (
                condition.unmet(document)
                == self.make_condition().unmet(deepcopy(document))
                == condition.unmet(document)
            )
            condition.missing(document)
            assert document == before

    def test_it_looks_at_what_is_loaded(self) -> None:
        """Groups and earlier orders are loaded for who names them; there is nothing else to name."""
        assert self.make_condition().needs <= _LOADED

    def test_a_hint_is_for_who_lacks_something(self) -> None:
        """A condition that holds lacks nothing; the missing part is less than what is needed."""
        condition = self.make_condition()
        for document in self._all():
            missing = condition.missing(document)
            if condition.unmet(document) is None:
                assert missing is None
            _check(missing)


def _check(missing: Missing | None) -> None:
    assert missing is None or ZERO <= missing.have < missing.needed


class BenefitContract:
    """The contract for the calculation: nothing becomes cheaper than nothing, and the answer is what was done.

    Attributes:
        documents: More that the benefit is applied to, made for it.
    """

    documents: ClassVar[Sequence[Document]] = ()

    def make_benefit(self) -> Benefit:
        """The benefit, as its model's ``rule()`` gives it."""
        raise NotImplementedError

    def _all(self) -> list[Document]:
        return [*_documents(), *deepcopy(list(self.documents))]

    def _apply(self, document: Document, key: str = "first") -> bool:
        application = Application(promotion="spring", label="Spring", key=key, uses_units=True)
        return self.make_benefit().apply(document, application)

    def test_it_names_a_stage(self) -> None:
        """Each benefit acts in one."""
        assert self.make_benefit().target in {"lines", "order", "shipping"}

    def test_nothing_is_taken_off_nothing(self) -> None:
        """An empty document stays empty."""
        assert self._apply(Document(currency="EUR", prices_include_tax=True)) is False

    def test_it_says_whether_it_took_something_off(self) -> None:
        """By adjustments below zero, to the currency's smallest unit, of this use of the promotion."""
        for document in self._all():
            has_taken = self._apply(document)
            adjustments = [adjustment for row in _rows(document) for adjustment in row.adjustments]
            assert has_taken is bool(adjustments)
            for adjustment in adjustments:
                assert adjustment.amount < 0
                assert fits(adjustment.amount, document.currency)
                assert (adjustment.promotion, adjustment.application) == ("spring", "first")

    def test_no_row_becomes_less_than_nothing(self) -> None:
        """However often it is applied."""
        for document in self._all():
            for number in range(12):
                self._apply(document, key=str(number))
                assert min((row.left for row in _rows(document)), default=ZERO) >= 0

    def test_the_same_document_becomes_the_same(self) -> None:
        """Promotions are tried on copies to find the best; and what a basket shows is what its order costs."""
        for document in self._all():
            again = deepcopy(document)
            assert self._apply(document) is self._apply(again)
            assert document == again

    def test_looking_changes_nothing(self) -> None:
        """Hints and badges ask."""
        benefit = self.make_benefit()
        for document in self._all():
            before = deepcopy(document)
            benefit.fits(document)
            benefit.gifts(document)
            benefit.promise(document)
            benefit.badge()
            _check(benefit.missing(document))
            assert document == before


class ShippingKindContract:
    """The contract for the checkout: a kind of shipping method has a price that fits, the same one each time.

    Attributes:
        parcels: Each is asked about alone, and all together.
    """

    parcels: ClassVar[Sequence[Parcel]] = tuple(
        Parcel.of(
            [
                Goods(
                    sku="MUG",
                    name="Mug",
                    product_id=1,
                    quantity=units,
                    weight=400,
                    value=Decimal(value),
                    gross=Decimal(value),
                )
            ],
            "EUR",
        )
        for units, value in ((1, "0.01"), (3, "25.00"), (500, "9000.00"))
    )

    def make_method(self) -> AbstractShippingMethod:
        """A method of the kind in EUR, filled in and not saved."""
        raise NotImplementedError

    def test_a_parcel_costs_what_fits_the_currency(self) -> None:
        """At least nothing; or it can't be carried."""
        for parcel in self.parcels:
            cost = self.make_method().cost(parcel)
            assert cost is None or (isinstance(cost, Decimal) and cost >= 0 and fits(cost, "EUR"))

    def test_the_same_delivery_costs_the_same(self) -> None:
        """The price on the page is the order's; and a price never falls below nothing."""
        for parcel in self.parcels:
            offers = [self.make_method().offer(parcel, [parcel]) for _ in range(2)]
            assert offers[0] == offers[1]
            assert offers[0].amount is None or offers[0].amount >= 0
            assert offers[0].amount is not None or str(offers[0].reason)

    def test_several_parcels_are_carried_or_not(self) -> None:
        """A delivery of many parcels has one price."""
        price = self.make_method().price(self.parcels[0], list(self.parcels))
        assert price is None or price >= 0

    def test_the_kind_has_a_name_of_its_own(self) -> None:
        """The admin lists it by that."""
        names = {"shipping method", "shipping methods"}
        meta = self.make_method()._meta
        assert str(meta.verbose_name) not in names
        assert str(meta.verbose_name)
