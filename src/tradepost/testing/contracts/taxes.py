"""Contracts of checkers of tax IDs and of services that sales are reported to, as test classes to inherit from."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import ClassVar
from uuid import uuid4

from tradepost.pricing.ports import Place
from tradepost.pricing.tax.ports import (
    TaxDocument,
    TaxDocumentRow,
    TaxIdCheck,
    TaxIdChecker,
    TaxReporter,
)

__all__ = ["TaxIdCheckerContract", "TaxReporterContract"]


class TaxIdCheckerContract:
    """The contract for the checkout: an answer to whatever a buyer writes, which can be stored.

    Attributes:
        wrong: An id that the checker knows to be wrong, with its country.
        right: One that it doesn't.
    """

    wrong: ClassVar[tuple[str, str]] = ("DE1", "DE")
    right: ClassVar[tuple[str, str]] = ("DE136695976", "DE")

    def make_checker(self) -> TaxIdChecker:
        """The checker, made as a project's settings would."""
        raise NotImplementedError

    def test_what_is_wrong_is_told(self) -> None:
        """And what isn't, isn't."""
        checker = self.make_checker()

        assert checker.check(*self.wrong).valid is False
        assert checker.check(*self.right).valid is not False

    def test_a_check_can_be_stored(self) -> None:
        """Whole with the checkout, and in a line with the order, which says how it was looked at."""
        check = self.make_checker().check(*self.right)

        assert TaxIdCheck.stored(check.as_dict()) == check
        assert check.method
        assert check.method in check.summary

    def test_whatever_a_buyer_writes_is_answered(self) -> None:
        """It has forty characters at most, and any country or none."""
        checker = self.make_checker()
        for tax_id in ("", "1", "DE", "Ä", "X" * 40, "../../etc", "' OR 1=1"):
            for country in ("", "DE", "ZZ"):
                assert checker.check(tax_id, country).valid in (True, False, None)


class TaxReporterContract:
    """The contract for orders: the service books each sale and credit once, however often it is reported.

    Attributes:
        currency: Of the documents.
        place: Where they are taxed.
    """

    currency: ClassVar[str] = "EUR"
    place: ClassVar[Place] = Place("DE", "", "10115")

    def make_reporter(self) -> TaxReporter:
        """The engine, made as a project's settings would."""
        raise NotImplementedError

    def booked(self) -> Mapping[str, Decimal]:
        """The service's books: tax by reference, refunds below zero; nothing for what was cancelled."""
        raise NotImplementedError

    def sale(self) -> TaxDocument:
        """An order of 25.00 with 3.99 tax in it."""
        return self._told(("20.00", "3.19"), ("5.00", "0.80"))

    def _told(self, *rows: tuple[str, str], of: str = "") -> TaxDocument:
        return TaxDocument(
            currency=self.currency,
            includes_tax=True,
            rounding="line",
            place=self.place,
            on=date(2026, 11, 20),
            reference=str(uuid4()),
            of=of,
            number="1001",
            rows=tuple(
                TaxDocumentRow(
                    key=f"row-{number}",
                    kind="shipping" if number else "goods",
                    tax_class="standard",
                    amount=Decimal(total),
                    net=Decimal(total) - Decimal(tax),
                    tax=Decimal(tax),
                )
                for number, (total, tax) in enumerate(rows)
            ),
        )

    def test_a_sale_is_booked_once(self) -> None:
        """However often it is told."""
        reporter, sale = self.make_reporter(), self.sale()

        for _ in range(2):
            reporter.commit(sale)
            assert self.booked() == {sale.reference: Decimal("3.99")}

    def test_a_sale_that_is_called_off_is_not_booked(self) -> None:
        """Told twice, and told of the sale again after that."""
        reporter, sale = self.make_reporter(), self.sale()
        reporter.commit(sale)

        for _ in range(2):
            reporter.void(sale.reference)
            assert self.booked() == {}
        reporter.commit(sale)
        assert self.booked() == {}

    def test_a_credit_is_booked_once(self) -> None:
        """Beside its sale, which stays as it was."""
        reporter, sale = self.make_reporter(), self.sale()
        reporter.commit(sale)
        credit = self._told(("10.00", "1.60"), of=sale.reference)

        for _ in range(2):
            reporter.refund(credit)
            assert self.booked() == {sale.reference: Decimal("3.99"), credit.reference: Decimal("-1.60")}

    def test_two_credits_give_all_back(self) -> None:
        """The tax of a sale and of its credits is zero in the end."""
        reporter, sale = self.make_reporter(), self.sale()
        reporter.commit(sale)

        reporter.refund(self._told(("20.00", "3.19"), of=sale.reference))
        reporter.refund(self._told(("5.00", "0.80"), of=sale.reference))

        assert sum(self.booked().values()) == 0
