from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Self, TypeVar

from django.db.models import Case, Func, IntegerField, Q, Value, When, lookups
from django.db.models.functions import Left, Length, Replace, Upper

from tradepost.core.addresses.rules import normalise_postcode, normalise_region
from tradepost.core.db.querysets import LockableQuerySet

if TYPE_CHECKING:
    from .base import AbstractPriceList, AbstractTaxRate, AbstractZoneArea

L = TypeVar("L", bound="AbstractPriceList", covariant=True)
R = TypeVar("R", bound="AbstractTaxRate", covariant=True)
A = TypeVar("A", bound="AbstractZoneArea", covariant=True)


class PriceListQuerySet(LockableQuerySet[L]):
    def active(self, at: datetime) -> Self:
        """Lists that are valid at a moment, both ends included."""
        begun = Q(starts_at=None) | Q(starts_at__lte=at)
        return self.filter(begun, Q(ends_at=None) | Q(ends_at__gte=at), is_active=True)

    def for_buyer(self, *, currency: str, channel: str, groups: Iterable[int]) -> Self:
        """Lists in a currency that a channel and a customer with these groups may use, wherever they are."""
        theirs = list(groups)
        for_all = Q(groups=None) | Q(groups__in=theirs) if theirs else Q(groups=None)
        return self.filter(for_all, currency=currency, channel__in=["", channel]).distinct()


class TaxRateQuerySet(LockableQuerySet[R]):
    def in_order(self) -> Self:
        """As they are applied: compound rates last."""
        return self.order_by("zone__priority", "compound", "position", "pk")


class ZoneAreaQuerySet(LockableQuerySet[A]):
    def around(self, *, country: str, region: str = "", postcode: str = "") -> Self:
        """Areas that a place lies in, each with its ``nearness``: 3 by postcode, 2 by region, 1 by country, 0 everywhere.

        Postcodes are compared without spaces and dashes, and as far as the area's go: ``94199-1234`` lies in 94100 to 94199, and
        ``BT1 1AA`` in an area from ``BT``.
        """
        code = re.sub(r"[\s-]", "", normalise_postcode(postcode))
        first, last = _compact("postcode_from"), _compact("postcode_to")
        nearness = Case(
            When(~Q(postcode_from=""), then=Value(3)),
            When(~Q(region=""), then=Value(2)),
            When(~Q(country=""), then=Value(1)),
            default=Value(0),
            output_field=IntegerField(),
        )
        from_first = lookups.LessThanOrEqual(first, Left(Value(code), Length(first)))
        to_last = lookups.GreaterThanOrEqual(last, Left(Value(code), Length(last)))
        is_first = lookups.Exact(first, Left(Value(code), Length(first)))
        return self.filter(
            Q(country="") | Q(country__iexact=country.strip()),
            Q(region="") | Q(region__iexact=normalise_region(region)),
            Q(postcode_from="") | Q(Q(postcode_to=""), is_first) | Q(~Q(postcode_to=""), from_first, to_last),
        ).annotate(nearness=nearness)


def _compact(column: str) -> Func:
    """A postcode in capital letters, without spaces and dashes."""
    return Replace(Replace(Upper(column), Value(" "), Value("")), Value("-"), Value(""))
