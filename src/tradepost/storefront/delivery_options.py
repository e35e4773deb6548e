"""Ways to deliver as the checkout shows them: each with the pickup points near the buyer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tradepost.checkout.services import CheckoutView
from tradepost.shipping import services as shipping
from tradepost.shipping.ports import Quote

if TYPE_CHECKING:
    from tradepost.shipping.base import AbstractPickupPoint

__all__ = ["Way", "ways_of"]

_SHOWN = 12  # points of a method; more than that nobody reads


@dataclass(frozen=True, slots=True)
class Way:
    """An offer of delivery, and where parcels by it can be fetched; the chosen point is among these."""

    quote: Quote
    points: Sequence[AbstractPickupPoint] = ()


def ways_of(view: CheckoutView) -> list[Way]:
    """All offers; one query more where some of them go to pickup points."""
    codes = [quote.code for quote in view.shipping if quote.needs_point and quote.amount is not None]
    near: dict[str, list[AbstractPickupPoint]] = defaultdict(list)
    if codes:
        address = view.checkout.ship_to or view.checkout.bill_to
        points = shipping.pickup_points(
            *codes, country=address.country if address else "", postcode=address.postcode if address else ""
        )
        for point in points[: _SHOWN * len(codes)]:
            near[point.of_method].append(point)
    if view.point is not None:
        chosen = near[view.checkout.shipping_method]
        near[view.checkout.shipping_method] = [view.point, *(point for point in chosen if point.pk != view.point.pk)]
    return [Way(quote, near[quote.code][:_SHOWN]) for quote in view.shipping]
