"""Criteria that name what the shop doesn't have: a slip of the pen, which an empty list would hide."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db.models import QuerySet, Value
from django.utils.translation import gettext as _

from tradepost.catalogue.base import AbstractAttribute
from tradepost.catalogue.models import Attribute, Collection, Tag
from tradepost.catalogue.selectors import public_categories
from tradepost.core.inputs.numbers import InvalidNumber, read_decimal

from .criteria import Criteria

__all__ = ["UnknownValue", "unknown_values", "without"]

_CODE = 50  # letters of an attribute's code that are repeated, and of a value


@dataclass(frozen=True, slots=True)
class UnknownValue:
    """A criterion that nothing can ever meet.

    Attributes:
        criterion: Its field of :class:`Criteria`.
        code: Of the attribute, where it is one.
        message: A sentence for whoever asked.
    """

    criterion: str
    code: str
    message: str


def unknown_values(criteria: Criteria) -> list[UnknownValue]:
    """Slugs that aren't shown to visitors, codes of no attribute, and values that an attribute can't have.

    Two queries at most. Ask where a list is empty: what isn't there makes every list so, and a list with products costs nothing
    more. Of several values of one attribute, one that can be is enough.
    """
    return [*_unknown_slugs(criteria), *_unknown_attributes(criteria.attributes)]


def without(criteria: Criteria, unknown: Sequence[UnknownValue]) -> Criteria:
    """The criteria that are left when these are dropped."""
    codes = {value.code for value in unknown if value.code}
    empty = {value.criterion: "" for value in unknown if not value.code}
    kept = {code: values for code, values in criteria.attributes.items() if code not in codes}
    return replace(criteria, **empty, attributes=kept)  # type: ignore[arg-type]  # slugs only


def _unknown_slugs(criteria: Criteria) -> Iterator[UnknownValue]:
    rows: dict[str, QuerySet[Any]] = {
        "category": public_categories(),
        "collection": Collection.objects.public(),
        "tag": Tag._default_manager.all(),
    }
    asked = {name: slug for name in rows if (slug := getattr(criteria, name))}
    if not asked:
        return
    parts = [
        rows[name].filter(slug=slug).order_by().annotate(criterion=Value(name)).values_list("criterion", flat=True)
        for name, slug in asked.items()
    ]
    existing = set(parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0])
    messages = {
        "category": _("There is no category “%(slug)s”."),
        "collection": _("There is no collection “%(slug)s”."),
        "tag": _("There is no tag “%(slug)s”."),
    }
    for name, slug in asked.items():
        if name not in existing:
            yield UnknownValue(name, "", messages[name] % {"slug": slug[:_CODE]})


def _unknown_attributes(asked: Mapping[str, Sequence[Any]]) -> Iterator[UnknownValue]:
    codes = [code for code, values in asked.items() if values]
    if not codes:
        return
    schema: dict[str, list[AbstractAttribute]] = {}
    for attribute in Attribute.objects.filter(code__in=codes).order_by("position", "pk"):
        schema.setdefault(attribute.code, []).append(attribute)
    for code in codes:
        if code not in schema:
            message = _("There is no attribute “%(code)s”.") % {"code": code[:_CODE]}
        elif any(_can_have(attribute, str(value)) for attribute in schema[code] for value in asked[code]):
            continue
        else:
            values = ", ".join(f"“{str(value)[:_CODE]}”" for value in asked[code])
            message = _("%(name)s can’t be %(values)s.") % {"name": schema[code][0].name, "values": values}
        yield UnknownValue("attributes", code, message)


def _can_have(attribute: AbstractAttribute, text: str) -> bool:
    """Whether an attribute's values could be written so in a query string."""
    kinds = attribute.Kind
    if attribute.kind in {kinds.CHOICE, kinds.CHOICES}:
        return text in attribute.choices
    if attribute.kind == kinds.BOOLEAN:
        return text in {"true", "false"}
    with suppress(ValueError, InvalidNumber):
        if attribute.kind == kinds.NUMBER:
            read_decimal(text, digits=31, places=15, is_stored=False)
        if attribute.kind == kinds.DATE:
            return date.fromisoformat(text).isoformat() == text
        return True
    return False
