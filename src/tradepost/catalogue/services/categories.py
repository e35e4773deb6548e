"""The tree of categories: made, renamed, moved, deleted. It is changed by one at a time, for a move writes many paths."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from tradepost.core import db
from tradepost.core.db.row_values import delete_row, one_by_key, write_values
from tradepost.core.errors import AlreadyTaken, Conflict, InUse, Invalid

from ..base import AbstractCategory
from ..models import Category

__all__ = ["change_category", "create_category", "remove_category"]

_FIELDS = frozenset({"description", "is_published", "name", "slug"})
_OF_THE_TREE = ("path", "depth", "numchild")


@db.atomic
def create_category(values: Mapping[str, Any], *, parent: str | None = None) -> AbstractCategory:
    """Make a category; it stands among its siblings by its name.

    Args:
        values: By field.
        parent: Slug of the one above; ``None`` for a root.

    Raises:
        ValidationError: A field is wrong, or the slug is another category's.
        Invalid: The one above doesn't exist, or is as deep as the tree can be.
        AlreadyTaken: Somebody else has just made one at the same place.
    """
    _lock_tree()
    category = Category(**{name: values[name] for name in _FIELDS & values.keys()})
    category.full_clean(exclude=_OF_THE_TREE)
    above = one_by_key(Category, "slug", parent, attr="parent") if parent is not None else None
    _check_depth(above, levels=1)
    try:
        with transaction.atomic():
            if above is None:
                Category.objects.add_root(instance=category)
            else:
                Category.objects.add_child(above, instance=category)
    except IntegrityError as error:
        raise AlreadyTaken(_("Somebody else has just made a category here.")) from error
    return category


@db.atomic
def change_category(
    category: AbstractCategory, values: Mapping[str, Any], *, parent: str | None = None, moves: bool = False
) -> AbstractCategory:
    """Change what is named of a category, and move it with all below it; a renamed one finds its place among its siblings.

    Args:
        category: Which.
        values: By field.
        parent: Slug of the one above; ``None`` makes it a root. Heeded with ``moves`` only.
        moves: Whether it is to be moved.

    Raises:
        ValidationError: A field is wrong, or the slug is another category's.
        Invalid: The one above doesn't exist, or what is moved would be deeper than the tree can be.
        Conflict: It would come below itself.
    """
    _lock_tree()
    row = Category.objects.get(pk=category.pk)
    before = row.name
    write_values(row, values, writable=_FIELDS)
    above = Category.objects.get_parent(row)
    if moves:
        target = one_by_key(Category, "slug", parent, attr="parent") if parent is not None else None
        if target is not None and target.path.startswith(row.path):
            raise Conflict(_("A category can't be below itself."), parent=parent)
        deepest = Category.objects.filter(path__startswith=row.path).aggregate(depth=Max("depth"))["depth"]
        _check_depth(target, levels=deepest - row.depth + 1)
        is_elsewhere = (target and target.pk) != (above and above.pk)
        above = target
    else:
        is_elsewhere = False
    if is_elsewhere or row.name != before:
        _place(row, above)
    changed: AbstractCategory = Category.objects.get(pk=row.pk)
    return changed


@db.atomic
def remove_category(category: AbstractCategory) -> None:
    """Delete a category that has none below it; products leave it.

    Raises:
        InUse: There are categories below it.
    """
    _lock_tree()
    row = Category.objects.get(pk=category.pk)
    if number := row.numchild:
        raise InUse(_("There are categories below it."), by="categories", count=number)
    delete_row(row)


def _check_depth(above: Any, *, levels: int) -> None:
    """Refuse a place at which some levels of categories don't fit into the column of their paths."""
    most = Category._meta.get_field("path").max_length // Category.steplen
    if (above.depth if above is not None else 0) + levels > most:
        raise Invalid(_("Categories can't be nested so deep."), attr="parent", most=most)


def _lock_tree() -> None:
    """Lock all rows: a path is part of the paths of all below it."""
    list(db.lock(Category.objects.all()).values_list("pk", flat=True))


def _place(row: Any, above: Any) -> None:
    if above is not None:
        Category.objects.move(row, above, "sorted-child")
    elif (root := Category.objects.get_first_root_node()) is not None:
        Category.objects.move(row, root, "sorted-sibling")
