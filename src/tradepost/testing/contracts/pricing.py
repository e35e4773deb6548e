"""Contracts of pricers, exchange-rate sources and tax engines, as test classes to inherit from. They need the database."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from decimal import Decimal
from typing import ClassVar

from tradepost.catalogue.models import Variant
from tradepost.core.dates import clock
from tradepost.core.money import ZERO, quantise, rounded
from tradepost.pricing.document import ChargeRow, Document, Item, LineRow
from tradepost.pricing.exchange.ports import RateSource
from tradepost.pricing.ports import Place, PriceContext, PriceQuote, Pricer, PriceRequest, TaxContext, TaxEngine
from tradepost.testing import factories as make
from tradepost.testing.queries import count_queries

from .amounts import fits

__all__ = ["PricerContract", "RateSourceContract", "TaxEngineContract"]


class PricerContract:
    """The contract for pages and baskets: a quote for each request, in their order, by a constant number of queries.

    Attributes:
        currency: In which prices are asked.
    """

    currency: ClassVar[str] = "EUR"

    def make_pricer(self) -> Pricer:
        """The pricer, made as a project's settings would."""
        raise NotImplementedError

    def priced(self, amount: str) -> Variant:
        """A variant that the pricer has a price for; by default on a price list."""
        return make.variant(price=amount)

    def _quote(self, requests: Sequence[PriceRequest], **values: object) -> Sequence[PriceQuote]:
        context = PriceContext(**{"currency": self.currency, "at": clock.now(), **values})  # type: ignore[arg-type]
        return self.make_pricer().quote(requests, context)

    def test_each_request_is_answered_in_its_order(self) -> None:
        """Under its key, those of one variant and of a variant that isn't there included."""
        mug, cup = self.priced("12.50"), self.priced("3.00")
        asked = [
            PriceRequest("b", cup.pk),
            PriceRequest("a", mug.pk, 3),
            PriceRequest("c", cup.pk, 100),
            PriceRequest("gone", 2**40),
        ]

        assert [quote.key for quote in self._quote(asked)] == ["b", "a", "c", "gone"]

    def test_nothing_asked_is_nothing_answered(self) -> None:
        """An empty page is no mistake."""
        assert list(self._quote([])) == []

    def test_what_has_no_price_is_told_without_an_error(self) -> None:
        """The amount is ``None``, and never zero instead."""
        [quote] = self._quote([PriceRequest("gone", 2**40)])

        assert quote.amount is None

    def test_amounts_are_decimals_that_can_be_stored(self) -> None:
        """At least zero, with at most four decimals; a former price is above the present one."""
        [quote] = self._quote([PriceRequest("a", self.priced("12.50").pk, 2)])

        assert isinstance(quote.amount, Decimal)
        assert quote.amount >= 0
        assert quote.amount == round(quote.amount, 4)
        assert quote.was is None or quote.was > quote.amount

    def test_the_same_question_has_the_same_answer(self) -> None:
        """Whatever else is asked with it: a basket and a page show one price."""
        mug, cup = self.priced("12.50"), self.priced("3.00")
        context = PriceContext(currency=self.currency, at=clock.now())
        pricer = self.make_pricer()

        [alone] = pricer.quote([PriceRequest("a", mug.pk)], context)
        together = pricer.quote([PriceRequest("b", cup.pk, 7), PriceRequest("a", mug.pk)], context)

        assert together[1] == alone

    def test_the_number_of_queries_is_constant(self) -> None:
        """One variant or twelve."""
        variants = [self.priced("5.00") for _ in range(12)]
        requests = [PriceRequest(str(variant.pk), variant.pk) for variant in variants]
        with count_queries() as few:
            self._quote(requests[:1])
        with count_queries() as many:
            self._quote(requests)

        assert len(many) <= len(few), "a pricer is asked for a whole page at once, so that it asks the database once"


class RateSourceContract:
    """The contract for exchange rates: exact amounts of the base for one unit of each currency, and nothing made up.

    Attributes:
        base: The shop's own currency.
        currencies: Some that the source has rates of.
    """

    base: ClassVar[str] = "EUR"
    currencies: ClassVar[tuple[str, ...]] = ("USD",)

    def make_source(self) -> RateSource:
        """The source, made as a project's settings would."""
        raise NotImplementedError

    def test_rates_are_exact_and_above_zero(self) -> None:
        """Decimals, of each known currency, that can be stored with ten decimal places."""
        rates = self.make_source().rates(self.base, self.currencies)

        assert set(rates) == set(self.currencies)
        for currency, rate in rates.items():
            assert isinstance(rate, Decimal), f"{currency}: {rate!r} isn't a Decimal"
            assert rate.is_finite()
            assert rounded(rate, 10) > 0

    def test_what_is_not_known_is_left_out(self) -> None:
        """It is no error, and no rate of one: the shop tells its staff what is missing."""
        assert dict(self.make_source().rates(self.base, ["XTS"])) == {}

    def test_nothing_asked_is_nothing_answered(self) -> None:
        """A shop with one currency needs none."""
        assert dict(self.make_source().rates(self.base, [])) == {}


class TaxEngineContract:
    """The contract for totals: net and tax of each row sum to its total, exactly, on both bases."""

    place: ClassVar[Place] = Place("DE")

    def make_engine(self) -> TaxEngine:
        """The tax engine, made as a project's settings would."""
        raise NotImplementedError

    def arrange(self) -> None:
        """Rates that the engine needs, once for each test; by default one of 19 % at home."""
        make.tax("0.19", country=self.place.country)

    def _document(self, *, includes_tax: bool, currency: str = "EUR") -> Document:
        lines = []
        for number, (gross, quantity) in enumerate((("19.99", 1), ("0.01", 3), ("100.00", 7), ("0.00", 1)), 1):
            item = Item(key=f"line-{number}", variant_id=number, product_id=number, quantity=quantity)
            amount = quantise(Decimal(gross) * quantity, currency)
            lines.append(
                LineRow(key=item.key, tax_class="standard", item=item, gross=amount, unit_price=Decimal(gross))
            )
        charge = ChargeRow(
            key="shipping", tax_class="", kind="shipping", code="parcel", name="Parcel", gross=Decimal(5)
        )
        return Document(currency=currency, prices_include_tax=includes_tax, lines=lines, charges=[charge])

    def _taxed(self, document: Document, *, exempt: bool = False, rounding: str = "line") -> Document:
        context = TaxContext(place=self.place, at=clock.now(), exempt=exempt, rounding=rounding)
        self.make_engine().load(context)(document)
        return document

    def test_net_and_tax_are_the_total(self) -> None:
        """On each row, quantised, wherever it is rounded, whether prices include tax or not."""
        self.arrange()
        for rounding in ("unit", "line", "order"):
            for includes_tax in (True, False):
                for row in self._taxed(self._document(includes_tax=includes_tax), rounding=rounding).rows:
                    assert row.net + row.tax == row.total, f"{row.key}: {row.net} + {row.tax} is not {row.total}"
                    assert all(fits(amount, "EUR") for amount in (row.net, row.tax, row.total))
                    assert row.left == (row.total if includes_tax else row.net), f"{row.key} is worth {row.left}"

    def test_the_taxes_of_a_row_are_its_tax(self) -> None:
        """Each is named; a row that costs nothing is none the less consistent."""
        self.arrange()
        for row in self._taxed(self._document(includes_tax=True)).rows:
            assert sum((tax.amount for tax in row.taxes), ZERO) == row.tax
            assert all(tax.name for tax in row.taxes)

    def test_yen_stay_whole(self) -> None:
        """Amounts have the decimals of their currency."""
        self.arrange()
        document = self._document(includes_tax=False, currency="JPY")
        assert all(fits(row.tax, "JPY") for row in self._taxed(document).rows)

    def test_who_is_exempt_pays_none(self) -> None:
        """Not a cent, and the total is what is left."""
        self.arrange()
        rows = self._taxed(self._document(includes_tax=False), exempt=True).rows

        assert [row.tax for row in rows] == [ZERO] * len(rows)
        assert [row.total for row in rows] == [row.left for row in rows]

    def test_the_same_document_is_taxed_the_same(self) -> None:
        """The function is loaded once and gives equal answers: it remembers nothing of a document."""
        self.arrange()
        taxer = self.make_engine().load(TaxContext(place=self.place, at=clock.now()))
        first = self._document(includes_tax=True)
        second = deepcopy(first)
        taxer(first)
        taxer(second)

        assert first.rows == second.rows

    def test_an_empty_document_is_no_mistake(self) -> None:
        """A basket may have no lines."""
        self.arrange()
        self._taxed(Document(currency="EUR", prices_include_tax=True))
