"""Rows with a version: a number that each write raises, in the statement that writes.

So whoever changes a row can say which version they have read, and is refused where somebody else was faster.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from django.db import models, transaction
from django.db.models import F, Q

from .fields import CountField
from .querysets import LockableQuerySet

__all__ = ["VersionField", "VersionedModel", "VersionedQuerySet"]

M = TypeVar("M", bound=models.Model, covariant=True)
_NAME = "version"

if TYPE_CHECKING:
    VersionField = models.PositiveIntegerField
else:

    class VersionField(CountField):
        """Begins at 1. A process of an earlier release, which doesn't know the column, may still insert rows."""

        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **{"default": 1, "db_default": 1, "editable": False, **kwargs})

        def pre_save(self, model_instance: Any, add: bool) -> Any:  # noqa: FBT001 - Django's
            """One more than the row has, whatever this instance knows of it."""
            return super().pre_save(model_instance, add) if add else F(self.attname) + 1


class VersionedQuerySet(LockableQuerySet[M]):
    """Rows whose ``update()`` raises their version, and with it ``bulk_update()``."""

    def update(self, **kwargs: Any) -> int:
        """As Django does, and the version."""
        return super().update(**{_NAME: F(_NAME) + 1, **kwargs})

    update.alters_data = True  # type: ignore[attr-defined]

    def bulk_create(self, objs: Iterable[M], *args: Any, **kwargs: Any) -> list[M]:
        """As Django does. With ``update_conflicts`` each row that was written gets another version, those that are new as well.

        Which of them were there before, the database doesn't say.
        """
        if not kwargs.get("update_conflicts"):
            return super().bulk_create(objs, *args, **kwargs)
        rows = list(objs)
        with transaction.atomic(using=self.db):
            created = super().bulk_create(rows, *args, **kwargs)
            by_key = self._by_unique(rows, kwargs.get("unique_fields") or ())
            if by_key:
                self.model._base_manager.using(self.db).filter(by_key).update(**{_NAME: F(_NAME) + 1})
        return created

    bulk_create.alters_data = True  # type: ignore[attr-defined]

    def _by_unique(self, rows: Sequence[M], names: Collection[str]) -> Q:
        """The stored rows that have a key of one of these: of the given fields, or of any that are unique."""
        options = self.model._meta
        keys = [tuple(names)] if names else [(field.name,) for field in options.concrete_fields if field.unique]
        if not names:
            keys += [tuple(each.fields) for each in options.total_unique_constraints]
            keys += [tuple(each) for each in options.unique_together]
        columns = {field.name: field.attname for field in options.concrete_fields}
        attnames = [tuple(columns.get(name, name) for name in key) for key in keys]
        condition = Q()
        for row in rows:
            for key in attnames:
                values = {name: getattr(row, name) for name in key}
                if None not in values.values():
                    condition |= Q(**values)
        return condition


class VersionedModel(models.Model):
    """A row with a version, which each ``save()`` raises.

    Its querysets are :class:`VersionedQuerySet`. What a deletion elsewhere sets to null raises no version: nobody edits that.
    """

    version = VersionField()

    class Meta:
        abstract = True

    def save_base(
        self,
        raw: bool = False,  # noqa: FBT001, FBT002 - Django's
        force_insert: Any = False,  # noqa: FBT002
        force_update: bool = False,  # noqa: FBT001, FBT002
        using: str | None = None,
        update_fields: Iterable[str] | None = None,
    ) -> None:
        """As Django does; a save of some columns writes this one, too."""
        if update_fields:
            update_fields = frozenset({*update_fields, _NAME})
        version, is_stored = vars(self).get(_NAME), not self._state.adding
        super().save_base(raw, force_insert, force_update, using, update_fields)
        # Django 6 may have read it back. Where another writer came between, this one's number is too low, and serves nobody.
        if is_stored and not raw and version is not None and self.version == version:
            self.version = version + 1
