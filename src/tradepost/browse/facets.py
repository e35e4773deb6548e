"""Facets by which a list can be narrowed, with counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from tradepost.catalogue.base import AbstractAttribute
from tradepost.catalogue.models import Attribute

from .criteria import Criteria
from .details import value_text
from .search import narrowed
from .visitor import Visitor

__all__ = ["Facet", "FacetValue", "facets"]

_MOST = 5000  # products that are counted; a longer list's counts are those of its first so many
_KINDS = ("boolean", "choice", "choices", "text", "number")


@dataclass(frozen=True, slots=True)
class FacetValue:
    """A value to choose. ``value`` is what a query string says; ``count`` is of products if it alone were chosen."""

    value: str
    text: str
    count: int
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Facet:
    """A filterable attribute and its values, the most frequent first."""

    code: str
    name: str
    values: Sequence[FacetValue]


def facets(criteria: Criteria, visitor: Visitor) -> list[Facet]:
    """Filterable attributes of the products that meet the criteria. Two queries.

    The counts of an attribute leave out what is chosen of itself, so that another value can be added.
    """
    schema: dict[str, AbstractAttribute] = {}
    for attribute in Attribute.objects.filter(filterable=True, kind__in=_KINDS).order_by("position", "pk"):
        schema.setdefault(attribute.code, attribute)
    if not schema:
        return []
    rows = narrowed(replace(criteria, attributes={}), visitor).order_by("pk").values_list("attributes", flat=True)
    chosen = {code: {str(v) for v in values} for code, values in criteria.attributes.items() if values}
    values = [{code: _values(row.get(code)) for code in {*schema, *chosen}} for row in rows[:_MOST]]
    return [facet for facet in (_facet(attribute, values, chosen) for attribute in schema.values()) if facet.values]


def _values(value: Any) -> list[str]:
    if value is None:
        return []
    if isinstance(value, bool):
        return ["true" if value else "false"]
    return [str(entry) for entry in value] if isinstance(value, list) else [str(value)]


def _facet(
    attribute: AbstractAttribute, rows: Sequence[Mapping[str, list[str]]], chosen_values: Mapping[str, set[str]]
) -> Facet:
    others = {code: values for code, values in chosen_values.items() if code != attribute.code}
    chosen = chosen_values.get(attribute.code, set())
    counts = Counter(dict.fromkeys(chosen, 0))
    for row in rows:
        if all(values.intersection(row[code]) for code, values in others.items()):
            counts.update(row[attribute.code])
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return Facet(
        attribute.code,
        attribute.name,
        [FacetValue(value, _text(value, attribute), count, value in chosen) for value, count in ranked],
    )


def _text(value: str, attribute: AbstractAttribute) -> str:
    return value_text(value == "true" if attribute.kind == attribute.Kind.BOOLEAN else value, attribute.unit)
