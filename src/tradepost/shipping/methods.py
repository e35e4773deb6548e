"""The shop's methods, kept in the process."""

from __future__ import annotations

import copy
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Exists, OuterRef

from tradepost.core.versions import Frozen
from tradepost.pricing.ports import Place
from tradepost.pricing.zones import zones_for

from .models import PickupPoint, ShippingMethod
from .ports import Destination

__all__ = ["kept_methods"]


def _load(currency: str) -> tuple[Any, ...]:
    """The active ones in a currency, each as its own class, with the keys of its zones and of what it excludes."""
    rows: Any = ShippingMethod.objects.filter(is_active=True, currency=currency).order_by("position", "pk")
    points = PickupPoint.objects.filter(methods=OuterRef("pk")).order_by()
    rows = rows.annotate(needs_point=Exists(points), has_points=Exists(points.filter(is_active=True)))
    methods = tuple(rows.kinds())
    zones = _others(ShippingMethod.zones.through, "zone_id", methods)
    products = _others(ShippingMethod.excluded_products.through, "product_id", methods)
    collections = _others(ShippingMethod.excluded_collections.through, "collection_id", methods)
    for method in methods:
        method.zone_ids = zones.get(method.pk, frozenset())
        method.without_products = products.get(method.pk, frozenset())
        method.without_collections = collections.get(method.pk, frozenset())
    return methods


def _others(through: Any, column: str, methods: Sequence[Any]) -> Mapping[int, frozenset[int]]:
    """The keys that a many-to-many relation leads to, by the method's."""
    keys: dict[int, set[int]] = defaultdict(set)
    rows = through.objects.filter(shippingmethod_id__in=[method.pk for method in methods])
    for pk, other in rows.values_list("shippingmethod_id", column):
        keys[pk].add(other)
    return {pk: frozenset(others) for pk, others in keys.items()}


_METHODS = Frozen("shipping.methods", _load)


def kept_methods(destination: Destination, currency: str) -> list[Any]:
    """The active methods in a currency, with whether they have zones and whether these reach a destination.

    Each is a copy, which may be changed. While nothing is known of the destination, the home zones stand for it.
    """
    reached = frozenset(zones_for(Place(destination.country, destination.region, destination.postcode)))
    methods = [copy.copy(method) for method in _METHODS.get(currency)]
    for method in methods:
        method.is_bounded, method.is_reached = bool(method.zone_ids), not method.zone_ids.isdisjoint(reached)
    return methods
