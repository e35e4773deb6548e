"""Figures of stock."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import DecimalField, F, IntegerField, Q, Sum
from django.db.models.functions import Least

from tradepost.core.money import ZERO, quantise

from .models import StockLevel

__all__ = ["StockValue", "stock_values"]


@dataclass(frozen=True, slots=True, kw_only=True)
class StockValue:
    """The stock of one location.

    Attributes:
        location: Its code.
        name: Of it.
        units: On hand; a level below zero counts as nothing.
        reserved: Of them promised to orders; what is promised beyond them isn't there.
        currency: The shop's own.
        value: At cost: units times the unit cost of their variants, as it is now.
        units_without_cost: Units that the value leaves out, since no cost is known.
    """

    location: str
    name: str
    units: int
    reserved: int
    currency: str
    value: Decimal
    units_without_cost: int


def stock_values(currency: str) -> list[StockValue]:
    """Sum up what is on hand, by location, in the order of locations; those without stock aren't listed. One query.

    Args:
        currency: The shop's own, which unit costs are in.
    """
    amount: Any = DecimalField(max_digits=38, decimal_places=4)
    rows = (
        StockLevel.objects.filter(on_hand__gt=0)
        .order_by()
        .values("location__code", "location__name", "location__priority", "location")
        .annotate(
            units=Sum("on_hand"),
            promised=Sum(Least("reserved", "on_hand", output_field=IntegerField())),
            value=Sum(F("on_hand") * F("variant__unit_cost"), output_field=amount),
            unvalued=Sum("on_hand", filter=Q(variant__unit_cost=None)),
        )
        .order_by("location__priority", "location")
    )
    return [
        StockValue(
            location=row["location__code"],
            name=row["location__name"],
            units=row["units"],
            reserved=row["promised"],
            currency=currency,
            value=quantise(row["value"] or ZERO, currency),
            units_without_cost=row["unvalued"] or 0,
        )
        for row in rows
    ]
