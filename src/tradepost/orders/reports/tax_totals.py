"""Taxes between two days, by where they are owed and at which rate: what a tax return is filled in from.

A sale counts on the day on which it was placed, once it was confirmed; also where it was cancelled since, for its credit counts
on the day on which it was given. So a period that is over doesn't change any more. Currencies are never added up.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import DecimalField, Exists, OuterRef, Q, Sum
from django.utils.translation import gettext_lazy as _

from tradepost.core.dates.days import start_of_day
from tradepost.core.errors import Invalid
from tradepost.core.fsm import states_that
from tradepost.core.money import ZERO, quantise

from ..models import CreditLine, Order, OrderEvent, OrderTax
from .sales_breakdown import YEARS

__all__ = ["TaxTotal", "tax_totals"]

_CONFIRMED = ("confirm", "reinstate")
_BATCH = 2000
_AMOUNT: Any = DecimalField(max_digits=38, decimal_places=4)


class _Key(NamedTuple):
    """The columns that taxes are told apart by."""

    country: str
    jurisdiction: str
    name: str
    rate: Decimal
    reason: str
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxTotal:
    """One tax in one place and one currency.

    Attributes:
        country: Where the sale was taxed; empty where that wasn't known.
        jurisdiction: Within it, as the rate names it; often empty.
        name: As customers read it, at the time.
        rate: A fraction: ``Decimal("0.19")`` is 19 %.
        reason: Why there is none, as ``reverse_charge``; empty where it is owed.
        sold: Net amount of what was sold in the period.
        sold_tax: The tax on it.
        credited: Net amount of what was credited in the period, whenever it had been sold.
        credited_tax: The tax on it.
    """

    country: str
    jurisdiction: str
    name: str
    rate: Decimal
    reason: str
    currency: str
    sold: Decimal
    sold_tax: Decimal
    credited: Decimal
    credited_tax: Decimal

    @property
    def net(self) -> Decimal:
        """The amount that is taxed in the period."""
        return self.sold - self.credited

    @property
    def tax(self) -> Decimal:
        """The tax that is owed for the period."""
        return self.sold_tax - self.credited_tax


def tax_totals(first: date, last: date, *, country: str = "", currency: str = "") -> list[TaxTotal]:
    """Sum taxes up. One query for what was sold, and two for each 2,000 parts that were credited.

    Args:
        first: By the shop's time zone.
        last: Included.
        country: Taxed there only.
        currency: Of this one only.

    Returns:
        By country, jurisdiction, rate (the highest first), name and currency.

    Raises:
        Invalid: The last day is before the first, or a day is of another time.
    """
    if last < first:
        raise Invalid(_("It ends before it starts."), attr="until")
    if first.year not in YEARS or last.year not in YEARS:
        raise Invalid(_("Choose days of this time."), attr="since" if first.year not in YEARS else "until")
    days = start_of_day(first), start_of_day(last + timedelta(days=1))
    only = {name: value for name, value in (("tax_country", country), ("currency", currency)) if value}
    sold, credited = _sold(days, only), _credited(days, only)
    rows = [_total(key, sold.get(key), credited.get(key)) for key in sold.keys() | credited.keys()]
    return sorted(rows, key=lambda row: (row.country, row.jurisdiction, -row.rate, row.name, row.reason, row.currency))


_Sums = tuple[Decimal, Decimal]


def _sold(days: tuple[Any, Any], only: Mapping[str, str]) -> dict[_Key, _Sums]:
    chosen = _were_sold("order__") & Q(**{f"order__{name}": value for name, value in only.items()})
    rows = OrderTax.objects.filter(chosen, order__placed_at__gte=days[0], order__placed_at__lt=days[1])
    columns = ("order__tax_country", "jurisdiction", "name", "rate", "reason", "order__currency")
    grouped = (
        rows.order_by()
        .values_list(*columns)
        .annotate(base_sum=Sum("base", output_field=_AMOUNT), tax_sum=Sum("amount", output_field=_AMOUNT))
    )
    return {_Key(*key): (net, tax) for *key, net, tax in grouped}


def _were_sold(path: str) -> Q:
    """Orders that are sold, or were until they were cancelled, seen from a row."""
    confirmed = OrderEvent.objects.filter(order=OuterRef(f"{path}pk"), kind__in=_CONFIRMED)
    cancelled = Q(**{f"{path}cancelled_at__isnull": False}) & Q(Exists(confirmed))
    return Q(**{f"{path}status__in": states_that(Order, "is_sold")}) | cancelled


def _credited(days: tuple[Any, Any], only: Mapping[str, str]) -> dict[_Key, _Sums]:
    chosen = _were_sold("credit__order__") & Q(**{f"credit__order__{name}": value for name, value in only.items()})
    parts = CreditLine.objects.filter(chosen, credit__created_at__gte=days[0], credit__created_at__lt=days[1])
    sums: dict[_Key, _Sums] = {}
    for batch in _batches(parts.order_by("pk").values_list("pk", "net", "taxes")):
        for key, net, tax in _shares(batch):
            before = sums.get(key, (ZERO, ZERO))
            sums[key] = before[0] + net, before[1] + tax
    return sums


def _batches(parts: Any) -> Iterator[list[tuple[int, Decimal, Mapping[str, str]]]]:
    last = 0
    while batch := list(parts.filter(pk__gt=last)[:_BATCH]):
        last = batch[-1][0]
        yield batch


def _shares(batch: Iterable[tuple[int, Decimal, Mapping[str, str]]]) -> Iterator[tuple[_Key, Decimal, Decimal]]:
    """Of each part of a credit its share in each tax. A compound tax is on the amount with those before it."""
    parts = [(net, {int(pk): Decimal(share) for pk, share in taxes.items()}) for _pk, net, taxes in batch]
    asked = {pk for _net, shares in parts for pk in shares}
    columns = ("order__tax_country", "jurisdiction", "name", "rate", "reason", "order__currency", "compound")
    rows = {pk: (_Key(*key), compound) for pk, *key, compound in _taxes(asked).values_list("pk", *columns)}
    for net, shares in parts:
        before = ZERO
        for pk in sorted(shares):
            key, compound = rows[pk]
            yield key, net + before if compound else net, shares[pk]
            before += shares[pk]


def _taxes(keys: set[int]) -> Any:
    rows: Any = OrderTax.objects
    return rows.filter(pk__among=sorted(keys)).order_by()


def _total(key: _Key, sold: _Sums | None, credited: _Sums | None) -> TaxTotal:
    def money(sums: _Sums | None, place: int) -> Decimal:
        return quantise(sums[place], key.currency) if sums else ZERO

    return TaxTotal(
        **key._asdict(),
        sold=money(sold, 0),
        sold_tax=money(sold, 1),
        credited=money(credited, 0),
        credited_tax=money(credited, 1),
    )
