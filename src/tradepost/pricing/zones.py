"""Which zones a place lies in. Zones are few: they are kept in the process, and compared there."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass

from tradepost.core.addresses.rules import normalise_postcode, normalise_region
from tradepost.core.versions import Frozen

from .models import Zone, ZoneArea
from .ports import Place

__all__ = ["KeptArea", "KeptZone", "kept_zones", "nearness_by_zone", "zones_for"]


@dataclass(frozen=True, slots=True)
class KeptArea:
    """An area; texts in capital letters, postcodes without spaces and dashes.

    Attributes:
        country: As it is stored, ISO 3166-1 alpha-2.
    """

    country: str
    region: str
    postcode_from: str
    postcode_to: str

    def nearness(self, country: str, region: str, postcode: str) -> int | None:
        """3 by postcode, 2 by region, 1 by country, 0 everywhere; ``None`` where a place, written likewise, lies outside."""
        if (self.country and self.country.upper() != country) or (self.region and self.region != region):
            return None
        if self.postcode_from:
            first, last = self.postcode_from, self.postcode_to or self.postcode_from
            inside = first <= postcode[: len(first)] if self.postcode_to else first == postcode[: len(first)]
            return 3 if inside and postcode[: len(last)] <= last else None
        return 2 if self.region else 1 if self.country else 0


@dataclass(frozen=True, slots=True)
class KeptZone:
    """A zone with its areas."""

    pk: int
    priority: int
    name: str
    is_home: bool
    reverse_charge: bool
    areas: tuple[KeptArea, ...]

    def nearness(self, place: Place) -> int | None:
        """Of the area that is nearest to a place: see :meth:`KeptArea.nearness`."""
        country = place.country.strip().upper()
        where = (
            country,
            normalise_region(place.region, country).upper(),
            _compact(normalise_postcode(place.postcode)),
        )
        return max((near for area in self.areas if (near := area.nearness(*where)) is not None), default=None)


def _compact(postcode: str) -> str:
    return re.sub(r"[\s-]", "", postcode).upper()


def _load() -> tuple[KeptZone, ...]:
    areas: dict[int, list[KeptArea]] = defaultdict(list)
    for row in ZoneArea.objects.order_by("pk"):
        codes = _compact(row.postcode_from), _compact(row.postcode_to)
        areas[row.zone_id].append(KeptArea(row.country, normalise_region(row.region, row.country).upper(), *codes))
    return tuple(
        KeptZone(zone.pk, zone.priority, zone.name, zone.is_home, zone.reverse_charge, tuple(areas[zone.pk]))
        for zone in Zone.objects.order_by("priority", "name", "pk")
    )


_ZONES = Frozen("pricing.zones", _load)


def kept_zones() -> tuple[KeptZone, ...]:
    """All zones, by priority and name."""
    return _ZONES.get()


def nearness_by_zone(place: Place) -> dict[int, int]:
    """The zones that a place lies in, by primary key, each with how near its nearest area is."""
    return {zone.pk: near for zone in kept_zones() if (near := zone.nearness(place)) is not None}


def zones_for(place: Place) -> list[int]:
    """Primary keys of the zones that a place lies in, the nearest first; the home zones while nothing is known of it."""
    if not place.country:
        return [zone.pk for zone in kept_zones() if zone.is_home]
    near = nearness_by_zone(place)
    return sorted(near, key=lambda pk: -near[pk])  # of one nearness, by priority and name
