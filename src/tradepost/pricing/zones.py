"""Which zones a place lies in."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from .models import Zone, ZoneArea
from .ports import Place

__all__ = ["areas_of", "zones_for"]


def areas_of(place: Place) -> QuerySet[Any]:
    """The areas that a place lies in, each with its ``nearness``: 3 by postcode, 2 by region, 1 by country, 0 everywhere."""
    return ZoneArea.objects.around(country=place.country, region=place.region, postcode=place.postcode)


def zones_for(place: Place) -> list[int]:
    """Primary keys of the zones that a place lies in, the nearest first; the home zones while nothing is known of it."""
    if not place.country:
        return list(Zone.objects.filter(is_home=True).values_list("pk", flat=True))
    rows = areas_of(place).order_by("-nearness", "zone__priority", "zone__name").values_list("zone_id", flat=True)
    return list(dict.fromkeys(rows))
