"""The grounds of lists and pages: all that they depend on, so that an answer is kept exactly as long as it is true.

Dates change no row. So what the present moment decides (which price lists are valid, which promotions are shown) is part of the
grounds itself: an answer needs no time to end, for at another hour others are looked for.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import CharField

from tradepost.catalogue.models import Image, Product, Variant
from tradepost.core.conf import instance
from tradepost.core.db import Prepared
from tradepost.core.extending.exposed_fields import exposed_of
from tradepost.core.versions import kinds_behind, kinds_of
from tradepost.pricing.conf import settings as pricing_settings
from tradepost.pricing.prices.lists import lists_for
from tradepost.promotions import badges

from .expressions import available_units
from .visitor import Visitor

__all__ = ["Grounds", "grounds_of", "units_by_slug", "units_of"]

_PAGE = (
    "catalogue.attributes", "catalogue.categories", "catalogue.collections", "catalogue.exposed", "catalogue.pictures",
    "catalogue.products", "pricing.lists", "pricing.prices", "pricing.zones", "promotions",
)  # fmt: skip
_STOCK = "inventory.stock"


@dataclass(frozen=True, slots=True)
class Grounds:
    """The grounds of an answer.

    Attributes:
        kinds: Whose versions count.
        facts: What else does.
    """

    kinds: frozenset[str]
    facts: tuple[Hashable, ...] = ()


def grounds_of(visitor: Visitor, *, units: bool = False) -> Grounds | None:
    """The grounds of what a guest is shown; ``None`` where they can't be known, so that nothing may be kept.

    That is so where the project's own pricer, storage, or kind of condition or benefit doesn't say what it depends on
    (:func:`~tradepost.core.versions.kinds_behind`), where a sidecar isn't watched, and for whoever is signed in.

    Args:
        units: The answer tells units, by :func:`units_of`; else only whether there are any.
    """
    if visitor.customer is not None:
        return None
    shelf = badges.shelf()
    rules = [entry.rule for entry in shelf.shown]
    parts = {type(part) for rule in rules for part in (*rule.conditions, *rule.benefits)}
    pricer = type(instance(pricing_settings().PRICER))
    storage: Any = Image._meta.get_field("file")
    own = kinds_behind({pricer, type(storage.storage), *parts})
    exposed = kinds_of(_sidecars())
    if own is None or exposed is None:
        return None
    kinds = own | exposed | {*_PAGE} | (set() if units else {_STOCK})
    lists = tuple(row.pk for row in lists_for(visitor.prices))
    shown = tuple(rule.code for rule in badges.rules_for(visitor.prices, shelf))
    return Grounds(kinds, (visitor.currency, visitor.channel, visitor.place, lists, shown))


def _sidecars() -> set[str]:
    entries = (*exposed_of(Product), *exposed_of(Variant))
    return {entry.holder._meta.db_table for entry in entries if entry.relation}


def units_of(variants: Iterable[Any]) -> tuple[tuple[int, int], ...]:
    """The units of a product's variants as :func:`tradepost.browse.detail` found them, by their keys."""
    return tuple(sorted((variant.pk, variant.units) for variant in variants))


def units_by_slug(slug: str) -> tuple[tuple[int, int], ...]:
    """The same as they are now; one query."""
    return tuple(sorted(_UNITS(slug=slug)))


_UNITS: Prepared[Any] = Prepared(
    lambda p: (
        Variant.objects.public()
        .filter(product__slug=p.slug)
        .annotate(units=available_units())
        .order_by()
        .values_list("pk", "units")
    ),
    slug=CharField(),
)
