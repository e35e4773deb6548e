"""Querysets of shipping."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self, TypeVar

from django.db.models import Case, F, IntegerField, QuerySet, Value, When

from tradepost.core.addresses.rules import normalise_postcode

if TYPE_CHECKING:
    from .base import AbstractPickupPoint

__all__ = ["PickupPointQuerySet"]

P = TypeVar("P", bound="AbstractPickupPoint", covariant=True)


class PickupPointQuerySet(QuerySet[P]):
    """Pickup points."""

    def of_methods(self, *codes: str) -> Self:
        """Active ones to which methods deliver, each with a method's code as ``of_method``: once for each method."""
        points = self.filter(is_active=True, methods__code__in=codes, methods__is_active=True)
        return points.annotate(of_method=F("methods__code"))

    def near(self, *, country: str = "", postcode: str = "") -> Self:
        """In a country, those first whose postcode begins as this one does, the longer the better.

        Args:
            country: ISO 3166-1 alpha-2; everywhere, where it isn't given.
        """
        points = self.filter(country=country.strip().upper()) if country.strip() else self
        here = normalise_postcode(postcode)
        if not here:
            return points.order_by("position", "name", "pk")
        whens = [When(postcode__istartswith=here[:length], then=Value(length)) for length in range(len(here), 0, -1)]
        nearness = Case(*whens, default=Value(0), output_field=IntegerField())
        return points.annotate(nearness=nearness).order_by("-nearness", "position", "name", "pk")
