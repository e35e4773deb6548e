"""How many baskets become orders."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Exists, OuterRef, Q

from tradepost.core.dates.days import start_of_day
from tradepost.core.fsm import states_that

from ..models import Basket, BasketLine

__all__ = ["Conversion", "conversion"]


@dataclass(frozen=True, slots=True)
class Conversion:
    """How many baskets became orders.

    Attributes:
        filled: Baskets with something in them that were last changed in the period, drafts of staff's and merged ones left out.
        ordered: Those of them that an order was made of, paid or not.
    """

    filled: int
    ordered: int

    @property
    def percent(self) -> int:
        """The share that became orders; 0 where there were none at all."""
        return self.ordered * 100 // self.filled if self.filled else 0


def conversion(first: date, last: date) -> Conversion:
    """Count the baskets of some days; one query, on the index of their last change.

    Baskets that were cleared away since (``TRADEPOST_BASKET``) aren't counted.

    Args:
        first: By the shop's time zone.
        last: Included.
    """
    since, until = start_of_day(first), start_of_day(last + timedelta(days=1))
    rows = Basket.objects.filter(updated_at__gte=since, updated_at__lt=until, is_draft=False)
    rows = rows.exclude(status__in=states_that(Basket, "is_merged"))
    filled = rows.filter(Exists(BasketLine.objects.filter(basket=OuterRef("pk"))))
    is_open = Q(status__in=states_that(Basket, "is_open"))
    sums = filled.order_by().aggregate(all=Count("pk"), left=Count("pk", filter=is_open))
    return Conversion(filled=sums["all"], ordered=sums["all"] - sums["left"])
