"""The pickup points of shipping methods."""

from __future__ import annotations

from django.db.models import QuerySet

from ..models import PickupPoint, ShippingMethod

__all__ = ["is_offered", "pickup_point", "pickup_points"]


def pickup_points(*methods: str, country: str = "", postcode: str = "") -> QuerySet[PickupPoint]:
    """The active points of methods, those near a postcode first; each once for each method, with its code as ``of_method``.

    Args:
        methods: Their codes.
        country: Only those in it; everywhere, where it isn't given.
    """
    points: QuerySet[PickupPoint] = PickupPoint.objects.of_methods(*methods).near(country=country, postcode=postcode)
    return points


def is_offered(method: str) -> bool:
    """Whether there is an active shipping method with this code."""
    return bool(ShippingMethod.objects.filter(code=method, is_active=True).exists())


def pickup_point(method: str, code: str) -> PickupPoint | None:
    """An active point of a method by its code."""
    return PickupPoint.objects.of_methods(method).filter(code=code).first() if code else None
