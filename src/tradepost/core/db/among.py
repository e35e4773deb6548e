"""The lookup ``among``: ``in`` with one parameter, however many values there are.

So a statement is the same for every number of values, no limit of variables is met, and a prepared query has one shape.
"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db.models import BigIntegerField, Field, ForeignObject, IntegerField, Lookup

from .parameters import Param, Slot, slot_of

__all__ = ["Among"]


# The lookups of relations don't come from Field.
@ForeignObject.register_lookup
@Field.register_lookup
class Among(Lookup):
    """``filter(pk__among=[1, 2, 3])``; for integers, texts and UUIDs, and for foreign keys to those.

    An empty list matches nothing, and asks nothing. ``None`` in a list is left out.
    """

    lookup_name = "among"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        """The same plan as ``IN`` with so many values."""
        column, params = self.process_lhs(compiler, connection)
        if isinstance(self.rhs, Param):
            slot = value = self.rhs.slot
            if not slot.many:
                raise TypeError(f"{slot.name!r} is one value; declare it as a list of one field to use it in among.")
        else:
            slot, value = self._plain(connection)
        return column + _operator(connection.vendor, _kind(slot.field, connection.vendor)), [*params, value]

    def _plain(self, connection: Any) -> tuple[Slot, Any]:
        values = list(self.rhs)
        if not values:
            raise EmptyResultSet
        field: Any = self.lhs.output_field
        while field.is_relation:
            field = field.target_field
        slot = slot_of("among", [BigIntegerField() if isinstance(field, IntegerField) else field])
        return slot, slot.adapt(values, connection)


def _kind(field: Any, vendor: str) -> str:
    """The type of one value; a text's length doesn't matter, and MariaDB has no UUIDs in JSON."""
    if isinstance(field, IntegerField):
        return "bigint"
    return "uuid" if vendor == "postgresql" and field.get_internal_type() == "UUIDField" else "text"


def _operator(vendor: str, kind: str) -> str:
    if vendor == "postgresql":
        return f" = ANY(%s::{kind}[])"
    if vendor == "sqlite":
        return " IN (SELECT value FROM json_each(%s))"
    return f" IN (SELECT listed.item FROM JSON_TABLE(%s, '$[*]' COLUMNS (item {kind} PATH '$')) AS listed)"  # noqa: S608 - kind is a type
