"""Which picture stands for a product or a variant, wherever one is shown small: lists, baskets, orders, mail."""

from __future__ import annotations

from typing import Any

from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce, JSONObject

from .models import Image

__all__ = ["first_picture"]


def first_picture(product: str, variant: str = "") -> Subquery | Coalesce:
    """File, address and alternative text of the first picture, as JSON; null without one.

    Args:
        product: Where the row has the product's key: ``"pk"``, ``"variant__product_id"``.
        variant: Where it has the variant's key. Its own picture comes first, then one of no variant, then any.
    """
    images = Image.objects.filter(product=OuterRef(product)).order_by("position", "pk")
    if not variant:
        return _first(images)
    own = images.filter(variant=OuterRef(variant))
    return Coalesce(_first(own), _first(images.order_by(F("variant").asc(nulls_first=True), "position", "pk")))


def _first(images: QuerySet[Any]) -> Subquery:
    parts: dict[str, Any] = {"file": "file", "source_url": "source_url", "alt": "alt"}
    return Subquery(images.annotate(data=JSONObject(**parts)).values("data")[:1])
