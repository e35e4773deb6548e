"""Parameters: placeholders in a prepared query for values that aren't known yet, and their form for a database."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from inspect import currentframe
from typing import Any, NoReturn, TypeAlias
from uuid import UUID

from django.apps import apps
from django.db import models
from django.db.models import Field, Value

from ..errors import Misused

__all__ = ["AnyField", "Param", "Slot", "Spec", "TooLarge", "Values", "key_of", "literal", "slot_of"]

AnyField: TypeAlias = "Field[Any, Any]"
Spec: TypeAlias = "AnyField | list[AnyField] | Callable[[], AnyField]"
"""How a parameter is declared: a field, a list of one field for many values, or a function that gives the field later."""

_BITS = 63  # of the largest integer that every database has
_LISTED = (models.BigIntegerField, models.CharField, models.TextField, models.UUIDField)


class TooLarge(Exception):
    """An integer that no column can hold: such a query is left to the ORM, which knows that nothing can match."""


class Slot:
    """The place of one value among the parameters of a statement; found again by its identity."""

    __slots__ = ("field", "is_integer", "many", "name")

    def __init__(self, name: str, field: AnyField, *, many: bool = False) -> None:
        self.name, self.field, self.many = name, field, many
        self.is_integer = isinstance(field, models.IntegerField)

    def refuse(self, *args: Any) -> NoReturn:
        """Python that works on the value would work on the placeholder, once, and never again."""
        raise TypeError(
            f"The value of {self.name!r} isn't known while the query is built. Hand it to a lookup as it is, or make it part"
            " of the shape."
        )

    # A lookup that writes its value into a pattern ends here, too.
    __str__ = __format__ = __int__ = __float__ = __index__ = __iter__ = refuse

    def __deepcopy__(self, memo: Any) -> Slot:
        return self  # a copy would not be found again

    def adapt(self, value: Any, connection: Any) -> Any:
        """A value as the driver takes it.

        Raises:
            TooLarge: An integer of more than 63 bits. A list leaves it out, for it can't be equal to anything.
        """
        return self._listed(value, connection) if self.many else self._single(value, connection)

    def _single(self, value: Any, connection: Any) -> Any:
        adapted = self.field.get_db_prep_value(value, connection)
        # psycopg would refuse it, or, bound on the server to a narrower type, send another number.
        if self.is_integer and isinstance(adapted, int) and adapted.bit_length() > _BITS:
            raise TooLarge
        return adapted

    def _listed(self, values: Any, connection: Any) -> Any:
        prepare, is_plain = self.field.get_db_prep_value, type(self.field) is models.BigIntegerField
        adapted = [  # nothing is to be done with an integer for such a field, and a page has many of them
            value if is_plain and value.__class__ is int else prepare(value, connection)
            for value in values
            if value is not None
        ]
        if self.is_integer:
            adapted = [number for number in adapted if number.bit_length() <= _BITS]
        if connection.vendor == "postgresql":
            # psycopg looks through a list of numbers for their type, which the statement's cast says already.
            return "{" + ",".join(map(str, adapted)) + "}" if self.is_integer else adapted
        return json.dumps([str(item) if isinstance(item, UUID) else item for item in adapted])


class Param(Value):
    """Stands for a value in a queryset. It is true, for what is false is part of the shape."""

    def __init__(self, slot: Slot) -> None:
        super().__init__(slot, output_field=slot.field)

    @property
    def slot(self) -> Slot:
        """Where the value goes."""
        slot: Slot = self.value
        return slot

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        """One placeholder, with the slot as its parameter."""
        if self.slot.many:
            raise TypeError(
                f"{self.slot.name!r} has many values; use the lookup among: filter(pk__among=p.{self.slot.name})."
            )
        return "%s", [self.slot]

    def __bool__(self) -> bool:
        return True

    def __eq__(self, other: object) -> bool:
        self._refuse_unless_django_asks()
        return super().__eq__(other)

    def __hash__(self) -> int:
        self._refuse_unless_django_asks()
        return super().__hash__()

    def _refuse_unless_django_asks(self) -> None:
        """``p.code == "x"`` and ``p.code in CODES`` would be decided once; Django itself compares expressions while it builds."""
        frame = currentframe()
        caller = frame.f_back.f_back if frame and frame.f_back else None
        if caller and not caller.f_globals.get("__name__", "").startswith("django."):
            self.slot.refuse()

    def _refuse(self, *args: Any) -> Any:
        self.slot.refuse()

    __str__ = __format__ = __int__ = __float__ = __index__ = _refuse


class Values:
    """The parameters that a builder gets, as attributes."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self.__dict__.update(values)

    def __getattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"This query has no parameter {name!r}.")


def slot_of(name: str, spec: Spec) -> Slot:
    """The slot of a declared parameter.

    Raises:
        Misused: The field is a relation, or an integer of fewer than 64 bits, or a list of what lists aren't known of.
    """
    many = isinstance(spec, list)
    field: Any = spec[0] if isinstance(spec, list) else spec
    if not isinstance(field, Field) and callable(field):
        field = field()
    if not isinstance(field, Field) or field.is_relation:
        raise Misused(f"{name}: write a field, such as BigIntegerField(); for a foreign key, key_of(Model).")
    if isinstance(field, models.IntegerField) and not isinstance(field, models.BigIntegerField):
        raise Misused(f"{name}: write BigIntegerField(), of whatever size the column is; it compares with all.")
    if many and not isinstance(field, _LISTED):
        raise Misused(f"{name}: a list may be of integers, texts or UUIDs.")
    return Slot(name, field, many=many)


def key_of(model: type[models.Model] | str) -> Callable[[], AnyField]:
    """The field to declare for primary keys of a model, and for foreign keys to it; a project's may be of any type.

    Args:
        model: The class, or its label (``settings.AUTH_USER_MODEL``).
    """

    def field() -> AnyField:
        column: Any = (apps.get_model(model) if isinstance(model, str) else model)._meta.pk
        while column.is_relation:
            column = column.target_field
        return models.BigIntegerField() if isinstance(column, models.IntegerField) else column

    return field


def literal(value: Any) -> Any:
    """A parameter for ``annotate()``, ``Case`` and functions, where Django takes a plain text for the name of a column."""
    return value if hasattr(value, "resolve_expression") else Value(value)
