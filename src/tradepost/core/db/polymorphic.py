"""Rows of several kinds in one query.

A polymorphic queryset asks once for each kind that it meets. Here all child tables are joined, so that a list of rules costs
one query however many kinds a project adds.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeVar, cast

from django.db import models
from polymorphic.managers import PolymorphicManager
from polymorphic.models import PolymorphicModel
from polymorphic.query import PolymorphicQuerySet

__all__ = ["KindModel", "KindsManager", "KindsQuerySet", "kind_code", "kinds_of"]

M = TypeVar("M", bound=PolymorphicModel)


class KindModel(PolymorphicModel):
    """Base of models of several kinds: a kind without a ``Meta`` is called by the name of its class.

    Django would give it the ``Meta`` of the abstract base of all kinds, so that lists in the admin would call each the same, and
    a constraint would stand at a table that lacks its column.
    """

    class Meta:
        abstract = True

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        for parent in cls.__mro__[1:]:
            options = vars(parent).get("_meta")
            if options is not None and not options.abstract:
                cls.Meta = type("Meta", (), {})  # type: ignore[misc, assignment]  # unless the kind has its own
                return
            if "Meta" in vars(parent):
                return


def _paths(model: type[models.Model], prefix: str = "") -> Iterator[str]:
    for relation in model._meta.related_objects:
        child = relation.related_model
        if relation.one_to_one and relation.parent_link and isinstance(child, type) and issubclass(child, model):
            path = f"{prefix}{relation.get_accessor_name()}"
            yield path
            yield from _paths(child, f"{path}__")


def _has(model: type[models.Model], path: str, name: str) -> bool:
    """Whether the child at the end of a path has a column of its own of that name."""
    for step in path.split("__"):
        model = model._meta.get_field(step).related_model  # type: ignore[assignment]
    return any(field.name == name for field in model._meta.local_fields)


def kind_code(row: models.Model) -> str:
    """Stable name of a row's kind, as in ``"flatrate"``."""
    return str(type(row)._meta.model_name)


def kinds_of(model: type[models.Model]) -> list[type[models.Model]]:
    """The installed models of all kinds of a base, those of projects among them, in the order of their names."""
    children = [child for child in model.__subclasses__() if child._meta.apps is model._meta.apps]
    kinds = {kind for child in children for kind in (child, *kinds_of(child))}
    concrete = {kind for kind in kinds if not kind._meta.abstract and not kind._meta.proxy}
    return sorted(concrete, key=lambda kind: str(kind._meta.verbose_name))


class KindsQuerySet(PolymorphicQuerySet[M]):
    """A polymorphic queryset that can fetch all kinds by one query."""

    def kinds(self, *relations: str) -> list[Any]:
        """The rows, each as its own class, by one query with outer joins.

        Args:
            relations: Foreign keys that some kinds have, whose rows are joined as well.
        """
        paths = sorted(_paths(self.model))
        more = [f"{path}__{name}" for path in paths for name in relations if _has(self.model, path, name)]
        rows = self.non_polymorphic().select_related(*paths, *more) if paths else self.non_polymorphic()
        names = [*rows.query.annotation_select]
        return [_leaf(row, paths, names) for row in rows]


class KindsManager(PolymorphicManager[M]):
    """Gives :class:`KindsQuerySet`."""

    queryset_class = KindsQuerySet  # type: ignore[assignment]

    def kinds(self) -> list[Any]:
        """All rows, each as its own class, by one query."""
        return cast("KindsQuerySet[M]", self.get_queryset()).kinds()


def _leaf(row: models.Model, paths: list[str], names: list[str]) -> models.Model:
    """The row as its own class, with the annotations and the joined rows that the base row was fetched with."""
    best = row
    for path in paths:
        holder: Any = row
        for name in path.split("__"):
            holder = holder.__dict__["_state"].fields_cache.get(name) if holder is not None else None
        if holder is not None and (best is row or isinstance(holder, type(best))):
            best = holder
    if best is not row:
        for name in names:
            setattr(best, name, getattr(row, name))
        for name, fetched in row.__dict__["_state"].fields_cache.items():
            if fetched is None or not isinstance(fetched, type(row)):
                best.__dict__["_state"].fields_cache.setdefault(name, fetched)
    return best
