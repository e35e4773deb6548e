"""Which price lists count: one answer, for the pricer, for lists of products that SQL orders, and for what a price was before."""

from __future__ import annotations

from django.db.models import Q

from ..models import PriceList
from ..ports import Place, PriceContext
from ..querysets import PriceListQuerySet
from ..zones import areas_of

__all__ = ["list_priorities", "lists_for", "public_lists"]


def lists_for(context: PriceContext) -> PriceListQuerySet[PriceList]:
    """Lists that a buyer may use, in the context's currency and at its moment and place, of either basis."""
    lists = PriceList.objects.active(context.at).for_buyer(
        currency=context.currency, channel=context.channel, groups=context.groups
    )
    return _reaching(lists, context.place)


def list_priorities(context: PriceContext) -> dict[int, int]:
    """Priorities of the lists that a buyer may use, of the context's basis, by their keys. One query."""
    lists = lists_for(context).filter(includes_tax=context.includes_tax).order_by()
    return dict(lists.values_list("pk", "priority"))


def public_lists(context: PriceContext) -> PriceListQuerySet[PriceList]:
    """Lists that everybody at the context's place may use, in its currency and on its basis, whenever they are valid."""
    lists = PriceList.objects.for_buyer(currency=context.currency, channel=context.channel, groups=())
    return _reaching(lists.filter(is_active=True, includes_tax=context.includes_tax), context.place)


def _reaching(lists: PriceListQuerySet[PriceList], place: Place) -> PriceListQuerySet[PriceList]:
    """Lists for a place: those of a zone that it lies in, or of the home zones while nothing is known of it.

    By joins: this stands several times in the query of a list of products, and Django takes long over subqueries of subqueries.
    """
    here = Q(zones__in=areas_of(place).values("zone")) if place.country else Q(zones__is_home=True)
    return lists.filter(Q(zones=None) | here).distinct()
