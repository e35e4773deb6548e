"""Stocktaking by SKU, for callers that know no primary keys."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from django.utils.translation import gettext_lazy as _

from tradepost.catalogue.models import Variant
from tradepost.core import db
from tradepost.core.actors import By
from tradepost.core.errors import Invalid

from ..models import Location
from .stock import count_many

__all__ = ["SkuCount", "count_by_sku"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SkuCount:
    """Units of a variant that were found at a location.

    Attributes:
        location: Its code.
        counted: Units.
        note: Kept with the movement.
    """

    sku: str
    location: str
    counted: int
    note: str = ""


@db.atomic
def count_by_sku(counts: Sequence[SkuCount], *, by: By, idempotency_key: str = "") -> list[bool | Invalid]:
    """Book what was found as far as it can be; queries for each location and note, whatever the number of variants.

    Args:
        counts: Each SKU and location once.
        by: Who counted.
        idempotency_key: The same counts with the same one again book nothing more, whatever was sold or received since.

    Returns:
        For each whether its level changed, or why it can't be booked: its SKU or its location doesn't exist.

    Raises:
        Invalid: Less than nothing was counted, or more than a column holds; nothing was booked.
    """
    variants = dict(Variant.objects.filter(sku__in={row.sku for row in counts}).values_list("sku", "pk"))
    locations = dict(Location.objects.filter(code__in={row.location for row in counts}).values_list("code", "pk"))
    groups: dict[tuple[int, str], dict[int, int]] = defaultdict(dict)
    for row in counts:
        if row.sku in variants and row.location in locations:
            groups[locations[row.location], row.note][variants[row.sku]] = row.counted
    changed: set[tuple[int, int]] = set()
    for (location, note), units in sorted(groups.items()):
        changed |= {(location, variant) for variant in _count(units, location, by, note, idempotency_key)}
    return [
        Invalid(_("There is no such variant."), attr="variant")
        if row.sku not in variants
        else Invalid(_("There is no such location."), attr="location")
        if row.location not in locations
        else (locations[row.location], variants[row.sku]) in changed
        for row in counts
    ]


def _count(units: Mapping[int, int], location: int, by: By, note: str, key: str) -> set[int]:
    """Book the counts of one location and note; each such group has a key of its own, for a call has several."""
    if key:
        key = sha256(json.dumps([key, location, note, sorted(units.items())]).encode()).hexdigest()
    return count_many(units, location, by=by, note=note, idempotency_key=key)
