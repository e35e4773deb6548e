"""Facets by which a list can be narrowed, with counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from django.db.models import QuerySet

from tradepost.catalogue.models import Attribute
from tradepost.core.versions import Frozen, kept_of, one_reading

from .criteria import Criteria
from .details import value_text
from .search import narrowed
from .visitor import Visitor

__all__ = ["Facet", "FacetValue", "facets"]

_MOST = 5000  # products that are counted; a longer list's counts are those of its first so many
_KINDS = ("boolean", "choice", "choices", "text", "number")
_Counts = tuple[tuple[tuple[str, int], ...], ...]


@dataclass(frozen=True, slots=True)
class FacetValue:
    """A value to choose. ``value`` is what a query string says; ``count`` is of products if it alone were chosen."""

    value: str
    text: str
    count: int
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class _Filterable:
    code: str
    name: str
    unit: str
    is_yes_or_no: bool

    def text(self, value: str) -> str:
        """A value for people."""
        return value_text(value == "true" if self.is_yes_or_no else value, self.unit)


@dataclass(frozen=True, slots=True)
class Facet:
    """A filterable attribute and its values, the most frequent first."""

    code: str
    name: str
    values: Sequence[FacetValue]


@one_reading()
def facets(criteria: Criteria, visitor: Visitor) -> list[Facet]:
    """Filterable attributes of the products that meet the criteria.

    No query while they are kept; one where products are filtered by what is in stock. The counts of an attribute leave out what
    is chosen of itself, so that another value can be added.
    """
    schema = {attribute.code: attribute for attribute in reversed(_FILTERABLE.get())}  # of one code the first counts
    if not schema:
        return []
    codes = tuple(dict.fromkeys(attribute.code for attribute in _FILTERABLE.get()))
    chosen = {code: frozenset(map(str, values)) for code, values in criteria.attributes.items() if values}
    products = narrowed(replace(criteria, attributes={}), visitor)
    key = ("facets", codes, tuple(sorted((code, tuple(sorted(values))) for code, values in chosen.items())))
    counts = kept_of(products, *key, load=partial(_count, products, codes, chosen))
    return [
        _facet(schema[code], ranked, chosen.get(code, frozenset()))
        for code, ranked in zip(codes, counts, strict=True)
        if ranked
    ]


def _load() -> tuple[_Filterable, ...]:
    rows = Attribute.objects.filter(filterable=True, kind__in=_KINDS).order_by("position", "pk")
    return tuple(_Filterable(row.code, row.name, row.unit, row.kind == row.Kind.BOOLEAN) for row in rows)


_FILTERABLE = Frozen("catalogue.attributes", _load)


def _count(products: QuerySet[Any], codes: tuple[str, ...], chosen: Mapping[str, frozenset[str]]) -> _Counts:
    """The values of each attribute, the most frequent first."""
    rows = products.order_by("pk").values_list("attributes", flat=True)[:_MOST]
    values = [{code: _values(row.get(code)) for code in {*codes, *chosen}} for row in rows]
    return tuple(_ranked(code, values, chosen) for code in codes)


def _values(value: Any) -> list[str]:
    if value is None:
        return []
    if isinstance(value, bool):
        return ["true" if value else "false"]
    return [str(entry) for entry in value] if isinstance(value, list) else [str(value)]


def _ranked(
    code: str, rows: Sequence[Mapping[str, list[str]]], chosen_values: Mapping[str, frozenset[str]]
) -> tuple[tuple[str, int], ...]:
    others = {other: values for other, values in chosen_values.items() if other != code}
    counts = Counter(dict.fromkeys(chosen_values.get(code, ()), 0))
    for row in rows:
        if all(values.intersection(row[other]) for other, values in others.items()):
            counts.update(row[code])
    return tuple(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def _facet(attribute: _Filterable, ranked: Iterable[tuple[str, int]], chosen: frozenset[str]) -> Facet:
    return Facet(
        attribute.code,
        attribute.name,
        [FacetValue(value, attribute.text(value), count, value in chosen) for value, count in ranked],
    )
