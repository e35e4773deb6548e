"""For whom and when prices are asked for, and the quotes of the configured pricer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, cast

from tradepost.core.conf import instance
from tradepost.core.dates import clock

from ..conf import settings
from ..ports import Place, PriceContext, PriceQuote, Pricer, PriceRequest

if TYPE_CHECKING:
    from tradepost.customers.base import AbstractCustomer

__all__ = ["context", "quote"]

_NOWHERE = Place()


def context(
    *,
    currency: str,
    customer: AbstractCustomer | None = None,
    place: Place = _NOWHERE,
    channel: str = "web",
    at: datetime | None = None,
) -> PriceContext:
    """For whom, where and when prices are wanted; one query for a customer's groups, none for a guest.

    Args:
        at: The present moment where it isn't given.
    """
    groups = frozenset(customer.groups.values_list("pk", flat=True)) if customer is not None else frozenset()
    return PriceContext(
        currency=currency,
        channel=channel,
        customer_id=customer.pk if customer is not None else None,
        groups=groups,
        place=place,
        at=at or clock.now(),
        includes_tax=settings().PRICES_INCLUDE_TAX,
    )


def quote(requests: Sequence[PriceRequest], context: PriceContext) -> Sequence[PriceQuote]:
    """A quote for each request, in their order, by the configured pricer."""
    return cast("Pricer", instance(settings().PRICER)).quote(requests, context)
