"""Queries that the ORM builds and compiles at their first use, and that are run with other values afterwards.

Building and compiling is most of what a small query costs. A hot one is declared once, beside the code that uses it::

    LINES = Prepared(
        lambda p, *, priced: Line.objects.filter(basket=p.basket, quantity__gte=p.units).priced(priced),
        basket=key_of(Basket), units=BigIntegerField(),
    )
    LINES(basket=basket.pk, units=1, priced=True)      # a list, as list(queryset) would be

What was declared with a field is a parameter. Any other keyword is part of the *shape*, of which the statement is kept; so are
booleans and what is false (``None``, ``""``, 0, an empty list), since they change the SQL. The builder gets shapes as they are.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Hashable, Mapping
from typing import Any, Generic, NamedTuple, TypeVar
from weakref import WeakSet

from django.core.signals import setting_changed
from django.db.models import QuerySet

from ..errors import Misused
from .parameters import Param, Slot, Spec, TooLarge, Values, slot_of
from .statements import Statement, compiled, is_ordinary

__all__ = ["SHAPES", "Prepared", "forget_prepared"]

Row = TypeVar("Row")

SHAPES = 64
"""Shapes that are kept of one query. More mean that a value was taken for a shape: those are compiled each time."""

_logger = logging.getLogger(__name__)
_all: WeakSet[Prepared[Any]] = WeakSet()


class _Built(NamedTuple):
    """The builder's result for a shape."""

    rows: QuerySet[Any, Any]
    slots: tuple[Slot, ...]
    is_ordinary: bool


class Prepared(Generic[Row]):
    """One query; see the module.

    Args:
        build: Gives the queryset. It gets the parameters as attributes of its first argument and the shape by keyword, is called
            at the first use of a shape, and must not work on a parameter's value, which isn't known then.
        fields: By name of the parameter: a field, a list of one field for many values (looked up by ``among``), or
            :func:`~tradepost.core.db.parameters.key_of` of a model.
    """

    def __init__(self, build: Callable[..., QuerySet[Any, Row]], /, **fields: Spec) -> None:
        if reserved := sorted(fields.keys() & {"using", "page"}):
            raise Misused(f"A parameter can't be called {reserved[0]!r}.")
        self._build, self._specs = build, fields
        self._shapes: dict[Hashable, _Built] = {}
        self._statements: dict[Hashable, Statement] = {}
        self._is_full = False
        _all.add(self)

    def __call__(self, *, using: str | None = None, page: tuple[int, int] | None = None, **given: Any) -> list[Row]:
        """The rows.

        Args:
            using: Alias of a database; by default the one that routers choose, now.
            page: First row and the one after the last, as in a slice; not part of the shape.
            given: A value for each parameter, and the shape.

        Raises:
            TypeError: A parameter is missing or, at the first use, never reaches the SQL.
            TransactionManagementError: The query locks rows, and no transaction is open.
        """
        shape = self._shape(given)
        built = self._shapes.get(shape)
        if built is None:
            if len(self._shapes) >= SHAPES:
                self._complain()
                return self._plainly(using, page, given)
            built = self._shapes[shape] = self._built(given)
        if not built.is_ordinary:
            return self._plainly(using, page, given)
        alias = using or built.rows.db
        statement = self._statements.get((alias, shape))
        if statement is None:
            statement = self._statements[alias, shape] = compiled(built.rows, alias, built.slots)
        try:
            return statement.run(given, page)
        except TooLarge:
            return self._plainly(alias, page, given)

    def first(self, *, using: str | None = None, **given: Any) -> Row | None:
        """The first row, ``None`` where there is none. How many are fetched is the builder's to say."""
        rows = self(using=using, **given)
        return rows[0] if rows else None

    def get(self, *, using: str | None = None, **given: Any) -> Row:
        """The only row.

        Raises:
            DoesNotExist, MultipleObjectsReturned: The model's own: there is none, or there are several.
        """
        rows = self(using=using, **given)
        if len(rows) == 1:
            return rows[0]
        model: Any = self._shapes[self._shape(given)].rows.model
        if rows:
            raise model.MultipleObjectsReturned(f"get() returned {len(rows)} rows of {model._meta.object_name}.")
        raise model.DoesNotExist(f"{model._meta.object_name} matching query does not exist.")

    def queryset(self, *, using: str | None = None, **given: Any) -> QuerySet[Any, Row]:
        """The same as an ordinary queryset, with its values: for ``explain()``, and to compare with."""
        self._shape(given)  # so that a missing value is told in the same words
        rows = self._build(Values({name: given[name] for name in self._specs}), **self._keywords(given))
        return rows.using(using) if using else rows

    @property
    def shapes(self) -> int:
        """How many shapes were asked for; one more than are kept where there are too many."""
        return len(self._shapes) + self._is_full

    def __repr__(self) -> str:
        return f"<Prepared {self._build.__module__}.{self._build.__qualname__}>"

    def forget(self) -> None:
        """Build and compile anew at the next use."""
        self._shapes.clear()
        self._statements.clear()
        self._is_full = False

    def _shape(self, given: Mapping[str, Any]) -> Hashable:
        """The shape of parameters; false values of one class share theirs."""
        shape: list[Hashable] = []
        try:
            for name in self._specs:
                value = given[name]
                if _is_shape(value):
                    shape.append((name, value is True, value.__class__))
        except KeyError as missing:
            raise TypeError(f"The query needs a value for {missing}.") from None
        if len(given) > len(self._specs):
            shape += [(name, value.__class__, value) for name, value in sorted(self._keywords(given).items())]
        return tuple(shape)

    def _keywords(self, given: Mapping[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in given.items() if name not in self._specs}

    def _built(self, given: Mapping[str, Any]) -> _Built:
        marks: dict[str, Any] = {}
        for name, spec in self._specs.items():
            slot = slot_of(name, spec)
            marks[name] = given[name] if _is_shape(given[name]) else Param(slot)
        rows = self._build(Values(marks), **self._keywords(given))
        return _Built(rows, tuple(mark.slot for mark in marks.values() if isinstance(mark, Param)), is_ordinary(rows))

    def _plainly(self, using: str | None, page: tuple[int, int] | None, given: Mapping[str, Any]) -> list[Row]:
        rows = self.queryset(using=using, **given)
        return list(rows if page is None else rows[slice(*page)])

    def _complain(self) -> None:
        if not self._is_full:
            self._is_full = True
            _logger.error(
                "%s has more than %s shapes, and compiles the rest each time: declare what varies with a field.",
                self,
                SHAPES,
            )


def _is_shape(value: Any) -> bool:
    return value is True or not value


def forget_prepared(**kwargs: Any) -> None:
    """Let all queries be built anew: a setting or the exposed fields have changed, which builders read."""
    for query in list(_all):
        query.forget()


setting_changed.connect(forget_prepared)
