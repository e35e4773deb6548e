"""Fields that a project or a plugin added, declared once for every surface.

A sidecar's field, a field of a replaced model and a key of ``metadata`` are read, searched, filtered, exported and edited where
ours are, after one line in the app's ``exposed.py``, which is imported at start-up::

    expose("tradepost_catalogue.Product", "book__pages", read=PUBLIC, write=STAFF, search=True)

No surface holds a list of its own: each asks :func:`exposed_of` or :func:`readable`, and joins sidecars by :func:`with_exposed`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any, Final, Literal, TypeVar

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist, ImproperlyConfigured
from django.db import models

from ..db import forget_prepared
from ..errors import Misused

__all__ = [
    "CUSTOMER",
    "PUBLIC",
    "STAFF",
    "Access",
    "Exposed",
    "Unresolved",
    "declarations",
    "expose",
    "exposed_of",
    "readable",
    "with_exposed",
]

Q = TypeVar("Q", bound="models.QuerySet[Any]")


class Access(StrEnum):
    """The readers of a field.

    ``PUBLIC``: everybody. ``CUSTOMER``: who is signed in; of a basket or an order, its buyer, a guest with the token too.
    ``STAFF``: staff with the permission to view the model that holds the field.
    """

    PUBLIC = "public"
    CUSTOMER = "customer"
    STAFF = "staff"


PUBLIC: Final = Access.PUBLIC
CUSTOMER: Final = Access.CUSTOMER
STAFF: Final = Access.STAFF


class Unresolved(ImproperlyConfigured):
    """A declaration names what isn't there.

    Attributes:
        wrong: The name that isn't known, where one with another spelling may help.
        alternatives: Names that would have done.
    """

    def __init__(self, message: str, wrong: str = "", alternatives: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.wrong, self.alternatives = wrong, alternatives


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposed:
    """One declaration; see :func:`expose` for what its parts mean."""

    model: str
    path: str
    name: str
    read: Access
    write: Literal[Access.STAFF] | None
    search: bool
    filter: bool
    given_label: Any

    @property
    def key(self) -> str:
        """Of ``metadata``; empty for a column."""
        return self.path.partition(".")[2]

    @property
    def relation(self) -> str:
        """The name in queries of the one-to-one relation to the sidecar; empty for a field of the model itself."""
        return self.path.partition("__")[0] if "__" in self.path else ""

    @property
    def lookup(self) -> str:
        """As in ``filter(book__pages=…)``, without a lookup type."""
        return self.path.replace(".", "__")

    @property
    def owner(self) -> type[models.Model]:
        """The model that is shown."""
        return _model(self.model)

    @property
    def holder(self) -> type[models.Model]:
        """The model that has the column: the sidecar, or the model itself."""
        return _sidecar(self).related_model if self.relation else self.owner

    @property
    def link(self) -> str:
        """Name of the sidecar's key to our row."""
        relation = _sidecar(self)
        return str(relation.field.name if relation.auto_created else relation.remote_field.name)

    @property
    def is_beside(self) -> bool:
        """Whether the key between the two is in the sidecar, and not in our row."""
        return bool(_sidecar(self).auto_created)

    @property
    def field(self) -> models.Field[Any, Any]:
        """The column.

        Raises:
            Unresolved: There is none of that name, or it is a relation.
        """
        if self.key:
            return _column(self.owner, "metadata", self)
        return _column(self.holder, self.path.rpartition("__")[2], self)

    @property
    def source(self) -> str:
        """The way from a row to the value, by attributes and keys with dots between."""
        if not self.relation:
            return self.path
        relation = _sidecar(self)
        accessor = relation.get_accessor_name() if relation.auto_created else relation.name
        return f"{accessor}.{self.field.name}"

    @property
    def label(self) -> str:
        """For people."""
        if self.given_label or self.key:
            return str(self.given_label or self.key.replace("_", " ").capitalize())
        name = str(self.field.verbose_name)
        return name[:1].upper() + name[1:]

    def value(self, row: models.Model) -> Any:
        """The value of a row; ``None`` where it has no sidecar or no such key. No query after :func:`with_exposed`."""
        if self.key:
            held = getattr(row, "metadata", None)
            return held.get(self.key) if isinstance(held, dict) else None
        holder: Any = row
        for name in self.source.split("."):  # a missing sidecar's error is an AttributeError
            holder = getattr(holder, name, None)
        return holder

    def is_readable(self, user: Any, *, own: bool = False) -> bool:
        """Whether somebody may read it.

        Args:
            user: Who asks; ``None`` for a visitor of whom nothing is known.
            own: The row is shown to its own buyer only.
        """
        if self.read is PUBLIC or (own and self.read is CUSTOMER):
            return True
        if user is None or not user.is_authenticated:
            return False
        if self.read is CUSTOMER:
            return True
        meta = self.holder._meta
        return bool(getattr(user, "is_staff", False) and user.has_perm(f"{meta.app_label}.view_{meta.model_name}"))


_declared: dict[str, list[Exposed]] = {}


def expose(
    model: str,
    path: str,
    *,
    read: Access = STAFF,
    write: Literal[Access.STAFF] | None = None,
    search: bool = False,
    filter: bool = False,  # noqa: A002 - as Django's own
    label: Any = "",
    name: str = "",
) -> None:
    """Declare where a field is read and written. What is wrong with it is told by a system check at start-up.

    Args:
        model: Label of the model that is shown: ``"tradepost_catalogue.Product"``, ``"tradepost_orders.Order"``.
        path: ``"book__pages"`` for a field of a sidecar (a one-to-one model beside ours), ``"isbn"`` for one that your own
            class has where you replaced the app, ``"metadata.colour"`` for a key of ``metadata``.
        read: Who sees it in the API; in the admin it is a column for those who may read it.
        write: ``STAFF`` to let staff edit it in the admin and import it from files; ``None``: shown only.
        search: Words are looked for in it: by staff in the admin, and among products in the shop by who may read it.
        filter: Lists can be filtered by it, in the admin and by ``?extra.{name}=`` in the API.
        label: For people; the field's own where it is empty.
        name: In the API and in files; the path with ``_`` between its parts where it is empty.

    Raises:
        Misused: ``read`` or ``write`` is none of the levels.
    """
    if not isinstance(read, Access) or write not in (STAFF, None):
        raise Misused(f"expose({model!r}, {path!r}): read is PUBLIC, CUSTOMER or STAFF; write is STAFF or None.")
    entry = Exposed(
        model=model.lower(),
        path=path,
        name=name or path.removeprefix("metadata.").replace("__", "_"),
        read=read,
        write=write,
        search=search,
        filter=filter,
        given_label=label,
    )
    entries = _declared.setdefault(entry.model, [])
    if entry not in entries:
        entries.append(entry)
        forget_prepared()  # their joins have changed


def declarations() -> Iterator[Exposed]:
    """All that was declared, right or wrong."""
    for entries in _declared.values():
        yield from entries


def exposed_of(model: str | type[models.Model]) -> tuple[Exposed, ...]:
    """List the exposed fields of a model, in the order of their declarations."""
    label = model if isinstance(model, str) else model._meta.label
    return tuple(_declared.get(label.lower(), ()))


def readable(model: str | type[models.Model], user: Any, *, own: bool = False) -> tuple[Exposed, ...]:
    """List the exposed fields that somebody may read; see :meth:`Exposed.is_readable`."""
    return tuple(entry for entry in exposed_of(model) if entry.is_readable(user, own=own))


def with_exposed(rows: Q, path: str = "", model: str | type[models.Model] | None = None) -> Q:
    """Join the sidecars whose fields are exposed, so that they cost no query of their own.

    Args:
        path: From the rows to the rows that are shown, as in ``"variant__product"``; empty for themselves.
        model: Of the rows that are shown; needed with a path only.
    """
    relations = {entry.relation for entry in exposed_of(model or rows.model) if entry.relation}
    names = sorted(f"{path}__{relation}" if path else relation for relation in relations)
    return rows.select_related(*names) if names else rows


def _model(label: str) -> type[models.Model]:
    try:
        return apps.get_model(label)
    except (LookupError, ValueError):
        labels = tuple(model._meta.label for model in apps.get_models())
        raise Unresolved(f"there is no model {label!r}", label, labels) from None


def _sidecar(entry: Exposed) -> Any:
    return _relation(entry.owner, entry.path)


@cache
def _relation(owner: type[models.Model], path: str) -> Any:
    """The relation from our row to its sidecar."""
    parts = path.split("__")
    if len(parts) != 2:
        raise Unresolved("a path has a relation and a field, as in book__pages")
    relations = {field.name: field for field in owner._meta.get_fields() if field.is_relation}
    relation: Any = relations.get(parts[0])
    if relation is None:
        paths = tuple(f"{name}__{parts[1]}" for name, field in relations.items() if field.one_to_one)
        raise Unresolved(f"{owner._meta.label} has no one-to-one relation {parts[0]!r}", path, paths)
    if not relation.one_to_one:
        raise Unresolved(f"{parts[0]!r} is not a one-to-one relation: a row could have several, or share one")
    return relation


def _column(model: type[models.Model], name: str, entry: Exposed) -> models.Field[Any, Any]:
    columns = {field.name: field for field in model._meta.concrete_fields if not field.is_relation}
    if name in columns:
        return columns[name]
    try:
        model._meta.get_field(name)
    except FieldDoesNotExist:
        paths = tuple(entry.path.removesuffix(name) + column for column in columns)
        raise Unresolved(f"{model._meta.label} has no field {name!r}", entry.path, paths) from None
    raise Unresolved(f"{model._meta.label}.{name} is a relation; only columns with a value can be exposed")
