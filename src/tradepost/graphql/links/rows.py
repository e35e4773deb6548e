"""Rows of an answer, and what they lead to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from rest_framework.request import Request

from tradepost.api.callers.visitors import country_of
from tradepost.browse import Visitor
from tradepost.customers.services import find_customer
from tradepost.pricing.ports import Place
from tradepost.pricing.services import check_currency, currency_for

from ..documents.context import Context
from ..documents.selection import Selected
from ..ports import Link
from ..types.registry import Types

__all__ = ["LINKED", "Asked", "LinkedRows", "names_needed"]

LINKED = "__linked"  # no field of a type may begin so


@dataclass(frozen=True)
class Asked:
    """The circumstances in which a link is asked.

    Attributes:
        request: Django's, of the document.
        user: Of the caller.
        selected: What is asked for below the link, by the names of the schema.
    """

    request: Any
    user: Any
    selected: frozenset[str]

    def visitor(self, arguments: Mapping[str, Any]) -> Visitor:
        """For whom prices are shown: by the arguments ``currency`` and ``country``.

        Raises:
            Invalid: A currency or country that can't be.
        """
        country = country_of(arguments.get("country") or "")
        currency = check_currency((arguments.get("currency") or "").upper() or currency_for(country))
        return Visitor(currency=currency, place=Place(country), customer=self._customer)

    @cached_property
    def _customer(self) -> Any:
        return find_customer(self.user) if self.user is not None and self.user.is_authenticated else None

    def context(self, **values: Any) -> dict[str, Any]:
        """The context of serializers, as the API's views give it."""
        request = Request(self.request)
        request.user = self.user
        return {"request": request, "view": None, **values}


@dataclass(frozen=True)
class LinkedRows:
    """Rows of one answer, and all that a document asks to be led to from them."""

    types: Types
    context: Context

    def fill(self, rows: Sequence[Any], type_name: str, selected: Mapping[str, Selected]) -> None:
        """Fetch what the rows of a type lead to, and what those rows lead to, level by level."""
        entry = self.types.entries.get(type_name)
        rows = [row for row in rows if isinstance(row, dict)]
        if entry is None or not rows:
            return
        for each in selected.values():
            link = entry.links.get(each.name)
            if link is not None:
                self.fill(self._follow(link, rows, each), entry.linked[each.name], each.below)
            elif each.below:
                name = entry.names[each.name]
                self.fill(list(_flat(row.get(name) for row in rows)), entry.inner.get(name, ""), each.below)

    def _follow(self, link: Link, rows: Sequence[Any], each: Selected) -> list[Any]:
        """The rows that a link leads to; each row is given its own of them."""
        asked = Asked(self.context.request, self.context.user, frozenset(below.name for below in each.below.values()))
        arguments = {**each.arguments, "first": link.count(each.arguments)} if link.is_list else each.arguments
        values = link.load(rows, arguments, asked)
        for row, value in zip(rows, values, strict=True):
            row.setdefault(LINKED, {})[each.key] = value
        return list(_flat(values))


def _flat(values: Iterable[Any]) -> Iterator[Any]:
    for value in values:
        if isinstance(value, list):
            yield from value
        elif value is not None:
            yield value


def names_needed(type_name: str, selected: Mapping[str, Selected], types: Types, prefix: str = "") -> Iterator[str]:
    """Dotted names of the fields of the API's answer that a selection needs: its own, and those that links read."""
    entry = types.entries[type_name]
    for each in selected.values():
        link = entry.links.get(each.name)
        if link is not None:
            yield from (f"{prefix}{name}" for name in link.needs)
            continue
        name = entry.names[each.name]
        inner = entry.inner.get(name, "")
        if inner in types.entries and each.below and not types.entries[inner].is_whole:
            yield from names_needed(inner, each.below, types, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}"
