"""Product types in files of our own format: what cells may name, and how a type that the shop lacks is made."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError

from tradepost.catalogue.attributes import clean_attributes
from tradepost.catalogue.base import AbstractAttribute, AbstractProductType
from tradepost.catalogue.models import Attribute, ProductType

from ..rows import TypeDefinition
from .records import Record

__all__ = ["ATTRIBUTE", "TYPE_DEFINITION", "TypeCells", "attribute_values", "definition_text"]

ATTRIBUTE = "attribute:"
TYPE_DEFINITION = "type_definition"
_TYPE_FIELDS = ("name", "kind", "tax_class", "track_stock")
_ATTRIBUTE_FIELDS = ("code", "name", "kind", "choices", "unit", "required", "filterable", "position")

Schema = Mapping[str, AbstractAttribute]


def definition_text(product_type: AbstractProductType) -> str:
    """A product type as a cell tells it, for a shop that lacks it."""
    attributes = [{key: getattr(row, key) for key in _ATTRIBUTE_FIELDS} for row in product_type.attributes.all()]
    own = {key: getattr(product_type, key) for key in _TYPE_FIELDS}
    return json.dumps({**own, "attributes": attributes}, ensure_ascii=False)


@dataclass(slots=True)
class TypeCells:
    """The shop's product types, and those that a file brings along.

    Attributes:
        may_make: Whether a type is made that the file names but doesn't define: with attributes that are texts.
    """

    may_make: bool = False
    _schemas: dict[str, Schema] = field(default_factory=dict)
    _definitions: dict[str, TypeDefinition] = field(default_factory=dict)
    _texts: dict[str, dict[str, None]] = field(default_factory=dict)
    _cells: dict[str, Record] = field(default_factory=dict)

    @classmethod
    def load(cls, *, make: bool) -> TypeCells:
        """With the types of the shop; where it has none at all, those that the file names are made."""
        types = ProductType.objects.prefetch_related("attributes")
        return cls(
            make or not types,
            {row.code: {attribute.code: attribute for attribute in row.attributes.all()} for row in types},
        )

    def note(self, record: Record) -> None:
        """Look at a row before any is read: its type may be one that has to be made."""
        code = record.text("type")
        if not code or code in self._schemas:
            return
        if record.cells.get(TYPE_DEFINITION):
            self._cells.setdefault(code, record)
        used = (column.removeprefix(ATTRIBUTE) for column in record.cells if column.startswith(ATTRIBUTE))
        self._texts.setdefault(code, {}).update(dict.fromkeys(used))

    def definition(self, record: Record) -> TypeDefinition | None:
        """Read the definition of a row's type; nothing for one that the shop has.

        Raises:
            BadCell: Its code or its definition can't be used.
        """
        code = record.text("type", of=(ProductType, "code"))
        if code in self._schemas or not code:
            return self._definitions.get(code)
        source = self._cells.get(code)
        if source is None and not self.may_make:
            codes = ", ".join(sorted(self._schemas)) or "none"
            raise record.bad(
                "type", f"there is no {code!r}; there are: {codes} (--make-types creates those that are missing)"
            )
        try:
            ProductType(code=code, name=code[:100]).clean_fields()
            fields, attributes = (
                _read(source.text(TYPE_DEFINITION)) if source else ({}, _texts(self._texts.get(code, {})))
            )
            rows = [Attribute(**values) for values in attributes]
            for row in rows:
                row.clean_fields(exclude=["product_type"])
                row.clean()
            ProductType(code=code, **({"name": code[:100]} | fields)).clean_fields()
        except ValidationError as error:
            raise record.bad("type", " ".join(error.messages)) from error
        except (ValueError, TypeError) as error:
            raise record.bad("type", f"the {TYPE_DEFINITION} of {code!r} can't be read: {error}") from error
        self._schemas[code] = {row.code: row for row in rows}
        self._definitions[code] = TypeDefinition(fields=fields, attributes=attributes)
        return self._definitions[code]

    def schema(self, code: str) -> Schema:
        """The attributes of a type by code."""
        return self._schemas.get(code, {})


def _texts(codes: Iterable[str]) -> list[dict[str, Any]]:
    return [{"code": code, "name": code.replace("-", " ").replace("_", " ").capitalize()[:100]} for code in codes]


def _read(text: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    document = json.loads(text)
    attributes = document.pop("attributes", []) if isinstance(document, dict) else None
    if not isinstance(attributes, list) or not all(isinstance(row, dict) and "code" in row for row in attributes):
        raise TypeError("it is an object with “attributes”, a list of objects with a “code”")
    for row, allowed in [(document, _TYPE_FIELDS), *((row, _ATTRIBUTE_FIELDS) for row in attributes)]:
        if unknown := row.keys() - set(allowed):
            raise ValueError(f"{', '.join(sorted(unknown))} isn't known")
    return document, [{"name": row["code"], **row} for row in attributes]


def attribute_values(record: Record, schema: Schema) -> dict[str, Any]:
    """Values of a row's attributes by code; ``None`` for an empty cell.

    Raises:
        BadCell: The type has no such attribute, or the attribute no such value.
    """
    values: dict[str, Any] = {}
    for column in sorted(record.columns):
        if not column.startswith(ATTRIBUTE):
            continue
        code = column.removeprefix(ATTRIBUTE)
        if code not in schema:
            if record.text(column):
                raise record.bad(column, "products of this type have no such attribute")
            continue
        try:
            cleaned = clean_attributes({code: _typed(record, column, schema[code])}, [schema[code]])
        except ValidationError as error:
            raise record.bad(column, " ".join(error.messages)) from error
        values[code] = cleaned.get(code)
    return values


def _typed(record: Record, column: str, attribute: AbstractAttribute) -> Any:
    if attribute.kind == attribute.Kind.BOOLEAN:
        return record.flag(column)
    if attribute.kind == attribute.Kind.CHOICES:
        return record.names(column, "|")
    return record.text(column)
