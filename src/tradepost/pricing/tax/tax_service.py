"""The base of tax engines that ask a service outside: its answers are kept, and nobody is asked inside a transaction.

An order is placed in a transaction that computes its totals once more. There the answer that the service gave for this very
document counts, which was kept when the buyer looked at the checkout. Where none is kept the totals have an error, and
:func:`tradepost.checkout.services.complete` asks outside of the transaction and tries again, once.
"""

from __future__ import annotations

import logging
import time
from abc import ABC, abstractmethod
from functools import partial
from typing import Any

from django.utils.translation import gettext as _

from tradepost.core import db
from tradepost.core.dates.days import day_of
from tradepost.core.money import ZERO, quantise
from tradepost.core.soft_cache import soft_cache_of

from ..document import (
    ChargeRow,
    Document,
    LineRow,
    Row,
)
from ..errors import TaxUnavailable
from ..ports import (
    Place,
    TaxContext,
    Taxer,
)
from .calculation import tell
from .ports import (
    RowTaxes,
    TaxAnswer,
    TaxDocument,
    TaxDocumentRow,
)

__all__ = ["OutsideTaxes", "document_of"]

logger = logging.getLogger(__name__)
_NO_ANSWER = "none"
_HERE = 200  # answers that a process keeps while the cache is gone


class OutsideTaxes(ABC):
    """A tax engine (:class:`~tradepost.pricing.ports.TaxEngine`) that asks a service. A subclass writes :meth:`estimate`.

    What the service says is taken only if it can be right: taxes for each row, in the currency's amounts, on the right basis.
    Otherwise, and where there is no answer, the totals have the error ``tax_unavailable``, and no order is placed.

    Args:
        keep: Seconds for which an answer counts.
        pause: Seconds for which nobody asks again after there was no answer, so that pages don't wait for a service that is down.
        cache: The alias of Django's cache in which answers are kept; one that all processes share.
    """

    def __init__(self, *, keep: int = 600, pause: int = 15, cache: str = "default") -> None:
        self.keep, self.pause, self.cache = keep, pause, cache

    @abstractmethod
    def estimate(self, document: TaxDocument) -> TaxAnswer:
        """Ask the service for the taxes of a document, in bounded time. Called outside any transaction.

        Whatever it raises is taken for no answer.
        """

    def can_ask(self, place: Place) -> bool:
        """Whether a place is known well enough to ask about; by its country, where a subclass doesn't say more.

        Until it is, totals have the same error, with another message, and nobody is asked.
        """
        return bool(place.country)

    def load(self, context: TaxContext) -> Taxer:
        """No query, and no call yet: that is for when the document is known."""
        return partial(self._tax, context=context)

    def _tax(self, document: Document, *, context: TaxContext) -> None:
        asked = document_of(document, context)
        if not asked.rows:
            return
        if not self.can_ask(context.place):
            raise TaxUnavailable(_("The tax is known once there is an address."))
        answer = self._kept_or_new(asked)
        rows = {row.key: row for row in document.rows}
        if answer.rows.keys() != rows.keys() or any(
            not _fits(row_taxes, rows[key], document) for key, row_taxes in answer.rows.items()
        ):
            logger.error("%s gave an answer that can't be right", type(self).__name__)
            raise _unavailable()
        document.tax_rounding = context.rounding
        for key, row_taxes in answer.rows.items():
            _book(document, rows[key], row_taxes)

    def _kept_or_new(self, asked: TaxDocument) -> TaxAnswer:
        cache, key = soft_cache_of(self.cache), self._key(asked)
        answer: Any = cache.get(key) or self._kept_here(key)
        if answer is None and not db.inside():
            try:
                answer = self.estimate(asked)
            except Exception:  # whatever a client of a service raises
                logger.exception("%s gave no answer", type(self).__name__)
                answer = _NO_ANSWER
            seconds = self.pause if answer == _NO_ANSWER else self.keep
            if not cache.set(key, answer, seconds):
                self._keep_here(key, answer, seconds)
        if not isinstance(answer, TaxAnswer):
            raise _unavailable()
        return answer

    def _kept_here(self, key: str) -> Any:
        """The answers that this process keeps while the cache is gone: placing is a transaction, where nobody asks outside."""
        answer, until = self.__dict__.get("_here", {}).get(key, (None, 0))
        return answer if time.monotonic() < until else None

    def _keep_here(self, key: str, answer: Any, seconds: int) -> None:
        here = self.__dict__.setdefault("_here", {})
        if len(here) >= _HERE:
            here.pop(next(iter(here)), None)
        here[key] = (answer, time.monotonic() + seconds)

    def _key(self, asked: TaxDocument) -> str:
        return f"tradepost:tax:{type(self).__module__}.{type(self).__qualname__}:{asked.digest}"


def document_of(document: Document, context: TaxContext) -> TaxDocument:
    """The document for the service: the rows after all discounts, by key, and what taxes depend on."""
    return TaxDocument(
        currency=document.currency,
        includes_tax=document.prices_include_tax,
        rounding=context.rounding,
        place=context.place,
        on=day_of(context.at),
        exempt=context.exempt,
        tax_id=context.tax_id if context.tax_id_check is None or context.tax_id_check.valid is not False else "",
        rows=tuple(_asked(row) for row in sorted(document.rows, key=lambda row: row.sort_key)),
    )


def _asked(row: Row) -> TaxDocumentRow:
    if isinstance(row, LineRow):
        item = row.item
        return TaxDocumentRow(
            key=row.key,
            kind="goods",
            tax_class=row.tax_class,
            amount=row.left,
            quantity=item.quantity,
            sku=item.sku,
            name=item.name,
        )
    kind, name = (row.kind, row.name) if isinstance(row, ChargeRow) else ("", "")
    return TaxDocumentRow(key=row.key, kind=kind, tax_class=row.tax_class, amount=row.left, name=name)


def _fits(row_taxes: RowTaxes, row: Row, document: Document) -> bool:
    """Whether an answer can be right: on net prices the net amount is the price, on gross ones it has all taxes in it."""
    amounts = [row_taxes.net, *(tax.amount for tax in row_taxes.taxes)]
    if any(amount < 0 or amount != quantise(amount, document.currency) for amount in amounts):
        return False
    if not document.prices_include_tax:
        return row_taxes.net == row.left
    return row_taxes.total == row.left if any(amounts[1:]) else row_taxes.net <= row.left


def _book(document: Document, row: Row, row_taxes: RowTaxes) -> None:
    row.net, row.taxes = row_taxes.net, list(row_taxes.taxes)
    row.tax = sum((tax.amount for tax in row_taxes.taxes), ZERO)
    row.total = row.net + row.tax
    tell(document, row)


def _unavailable() -> TaxUnavailable:
    return TaxUnavailable(_("The tax can't be calculated right now. Please try again in a minute."))
