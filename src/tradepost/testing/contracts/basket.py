"""Contracts of merge policies and stages of the totals, as test classes to inherit from."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from decimal import Decimal
from typing import ClassVar

from tradepost.basket import services
from tradepost.basket.ports import LineKey, MergePolicy, Stage, TermsSource
from tradepost.basket.totals.snapshots import (
    BasketSnapshot,
    Rules,
    Terms,
)
from tradepost.pricing.document import Document, Item, LineRow
from tradepost.pricing.ports import PriceQuote

from .. import factories
from ..queries import count_queries
from .amounts import fits

__all__ = ["MergePolicyContract", "StageContract", "TermsSourceContract"]

MUG: LineKey = (1, "")
ENGRAVED: LineKey = (1, "engraving=Ada")
CUP: LineKey = (2, "")


class MergePolicyContract:
    """The contract for sign-in: the outcome is made of lines that are there, with whole units."""

    def make_policy(self) -> MergePolicy:
        """The policy, made as a project's settings would."""
        raise NotImplementedError

    def test_only_known_lines_come_out(self) -> None:
        """In whole units, none below zero."""
        source, into = {MUG: 2, CUP: 1}, {MUG: 1, ENGRAVED: 4}
        merged = self.make_policy().merge(source, into)

        assert merged.keys() <= source.keys() | into.keys()
        assert all(isinstance(units, int) and units >= 0 for units in merged.values())

    def test_its_input_is_left_alone(self) -> None:
        """Its input is the database's."""
        source, into = {MUG: 2}, {MUG: 1, ENGRAVED: 4}
        self.make_policy().merge(source, into)

        assert (source, into) == ({MUG: 2}, {MUG: 1, ENGRAVED: 4})

    def test_a_customers_lines_survive_an_empty_basket(self) -> None:
        """Signing in with nothing in hand takes nothing away."""
        assert dict(self.make_policy().merge({}, {MUG: 1, ENGRAVED: 4})) == {MUG: 1, ENGRAVED: 4}

    def test_two_empty_baskets_stay_empty(self) -> None:
        """Nothing comes from nothing."""
        assert dict(self.make_policy().merge({}, {})) == {}

    def test_the_same_baskets_become_the_same(self) -> None:
        """It depends on nothing else."""
        policy = self.make_policy()
        first, second = (policy.merge({MUG: 2, CUP: 1}, {CUP: 5}) for _ in range(2))

        assert dict(first) == dict(second)


class TermsSourceContract:
    """The contract for totals: the same basket has the same terms, however it was found, for one query at most."""

    def make_source(self) -> TermsSource:
        """The source, made as a project's settings would."""
        raise NotImplementedError

    def test_a_basket_that_says_nothing_has_its_country(self) -> None:
        """Nothing is known of its buyer yet."""
        terms = self.make_source().terms(services.open_basket(country="DE"))

        assert (terms.destination.country, terms.email) == ("DE", "")

    def test_however_it_was_found_the_terms_are_the_same(self) -> None:
        """As made, and as a page finds it; and nothing is changed by asking."""
        source, customer = self.make_source(), factories.customer()
        basket = services.open_basket(customer=customer)

        assert source.terms(basket) == source.terms(services.basket_of(customer)) == source.terms(basket)

    def test_it_costs_one_query_at_most(self) -> None:
        """However often totals are made."""
        source, basket = self.make_source(), services.open_basket()
        with count_queries() as queries:
            source.terms(basket)

        assert len(queries) <= 1


class StageContract:
    """The contract for totals: a stage is pure, adds rows that fit the currency, and writes in the trail what it did.

    Attributes:
        quantities: Units of the lines that it is tried with; each costs 10.00 before it.
        is_first: Whether the stage makes the lines itself, as the one of prices does.
    """

    quantities: ClassVar[tuple[int, ...]] = (1, 3)
    is_first: ClassVar[bool] = False

    def make_stage(self) -> Stage:
        """The stage, as the setting names it."""
        raise NotImplementedError

    def rules(self, prices: dict[str, PriceQuote]) -> Rules:
        """The rules that apply beside the prices."""
        return Rules(prices=prices)

    def _documents(self) -> Iterator[tuple[Document, BasketSnapshot, Rules]]:
        for currency in ("EUR", "JPY"):
            for quantities in ((), self.quantities):
                items = tuple(
                    Item(key=f"line-{n}", variant_id=n, product_id=n, quantity=units)
                    for n, units in enumerate(quantities, 1)
                )
                lines = [
                    LineRow(
                        key=item.key,
                        tax_class=item.tax_class,
                        item=item,
                        unit_price=Decimal(10),
                        gross=Decimal(10) * item.quantity,
                    )
                    for item in items
                    if not self.is_first
                ]
                quotes = {item.key: PriceQuote(key=item.key, amount=Decimal(10), source="list") for item in items}
                snapshot = BasketSnapshot(currency=currency, prices_include_tax=True, items=items, terms=Terms())
                document = Document(currency=currency, prices_include_tax=True, lines=lines)
                yield document, snapshot, self.rules(quotes)

    def test_the_same_input_gives_the_same_document(self) -> None:
        """No clock, no database, nothing remembered."""
        stage = self.make_stage()
        for document, snapshot, rules in self._documents():
            again = deepcopy(document)
            stage(document, snapshot, rules)
            stage(again, snapshot, rules)

            assert document == again

    def test_amounts_fit_the_currency(self) -> None:
        """Each row is quantised, and no line is worth less than nothing."""
        for document, snapshot, rules in self._documents():
            self.make_stage()(document, snapshot, rules)
            for row in document.rows:
                assert all(fits(amount, document.currency) for amount in (row.gross, row.left)), row.key
            assert all(line.left >= 0 for line in document.lines)

    def test_keys_of_rows_differ(self) -> None:
        """Taxes and refunds name a row by its key."""
        for document, snapshot, rules in self._documents():
            self.make_stage()(document, snapshot, rules)
            keys = [row.key for row in document.rows]

            assert len(set(keys)) == len(keys)

    def test_what_changed_an_amount_is_told(self) -> None:
        """The trail has an entry with a reason for it."""
        for document, snapshot, rules in self._documents():
            before = {row.key: row.left for row in document.rows}
            self.make_stage()(document, snapshot, rules)
            changed = before != {row.key: row.left for row in document.rows}

            assert not changed or document.trail
            assert all(entry.why for entry in document.trail)
