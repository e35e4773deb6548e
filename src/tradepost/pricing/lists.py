"""Which price lists count: one answer, for the pricer, for lists of products that SQL orders, and for what a price was before."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from .models import PriceList
from .places import areas_of
from .ports import Place, PriceContext
from .querysets import PriceListQuerySet

__all__ = ["lists_for", "public_lists"]


def lists_for(context: PriceContext) -> PriceListQuerySet[PriceList]:
    """Lists that a buyer may use, in the context's currency and at its moment and place, of either basis."""
    lists = PriceList.objects.active(context.at).for_buyer(
        currency=context.currency, channel=context.channel, groups=context.groups
    )
    return _reaching(lists, context.place)


def public_lists(context: PriceContext) -> PriceListQuerySet[PriceList]:
    """Lists that everybody at the context's place may use, in its currency and on its basis, whenever they are valid."""
    lists = PriceList.objects.for_buyer(currency=context.currency, channel=context.channel, groups=())
    return _reaching(lists.filter(is_active=True, includes_tax=context.includes_tax), context.place)


def _reaching(lists: PriceListQuerySet[PriceList], place: Place) -> PriceListQuerySet[PriceList]:
    """Lists for a place: those of a zone that it lies in, or of the home zones while nothing is known of it."""

    def reached(zones: QuerySet[Any]) -> QuerySet[Any]:
        if not place.country:
            return zones.filter(is_home=True)
        return zones.filter(Exists(areas_of(place).filter(zone=OuterRef("pk"))))

    return lists.in_zones(reached)
