"""Putting products into categories, tags and collections by hand, beside those that they are in, and taking them out."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from tradepost.core import db
from tradepost.core.db.row_values import by_keys
from tradepost.core.errors import Invalid

from ..base import AbstractProduct
from ..models import Category, Collection, Product, Tag
from .products import touch

__all__ = ["add_to_groups", "remove_from_groups", "set_collections"]


@db.atomic
def add_to_groups(
    product: AbstractProduct,
    *,
    categories: Iterable[str] = (),
    tags: Iterable[str] = (),
    collections: Iterable[str] = (),
) -> AbstractProduct:
    """Put a product into groups, by their slugs, beside those that it is in; where it is in them already nothing is written.

    Raises:
        Invalid: A group doesn't exist (``context["unknown"]``), or a collection has a rule instead of products by hand.
    """
    return _changed(product, _add, categories, tags, collections)


@db.atomic
def remove_from_groups(
    product: AbstractProduct,
    *,
    categories: Iterable[str] = (),
    tags: Iterable[str] = (),
    collections: Iterable[str] = (),
) -> AbstractProduct:
    """Take a product out of groups, by their slugs; those that it isn't in are passed over.

    Raises:
        Invalid: A group doesn't exist (``context["unknown"]``), or a collection has a rule instead of products by hand.
    """
    return _changed(product, _remove, categories, tags, collections)


@db.atomic
def set_collections(product: AbstractProduct, collections: Iterable[str]) -> AbstractProduct:
    """Put a product into these collections by hand and no others; collections with a rule are left alone.

    Raises:
        Invalid: A collection doesn't exist (``context["unknown"]``), or has a rule.
    """
    row = Product.objects.filter(pk=product.pk).locked().get()
    chosen = _by_hand(collections)
    present = list(_collections_of(row).all())
    gone = [entry for entry in present if entry not in chosen and not entry.rule]
    written = [_remove(_collections_of(row), gone), _add(_collections_of(row), chosen)]
    if any(written):
        touch(row)
    return row


def _collections_of(product: AbstractProduct) -> Any:
    return product.collections  # type: ignore[attr-defined]


def _by_hand(slugs: Iterable[str]) -> list[Any]:
    rows = by_keys(Collection, "slug", slugs, attr="collections")
    if ruled := [row.slug for row in rows if row.rule]:
        text = _("A rule chooses the products of: %(collections)s.") % {"collections": ", ".join(ruled)}
        raise Invalid(text, attr="collections", collections=ruled)
    return rows


def _changed(
    product: AbstractProduct,
    act: Callable[[Any, Any], bool],
    categories: Iterable[str],
    tags: Iterable[str],
    collections: Iterable[str],
) -> AbstractProduct:
    """The product, locked, once ``act`` has put it into groups of each kind, or taken it out."""
    row = Product.objects.filter(pk=product.pk).locked().get()
    groups = (
        (row.categories, by_keys(Category, "slug", categories, attr="categories")),
        (row.tags, by_keys(Tag, "slug", tags, attr="tags")),
        (_collections_of(row), _by_hand(collections)),
    )
    written = [act(manager, rows) for manager, rows in groups]
    if any(written):
        touch(row)
    return row


def _add(relation: Any, rows: list[Any]) -> bool:
    present = set(relation.filter(pk__in=[row.pk for row in rows]).values_list("pk", flat=True)) if rows else set()
    missing = [row for row in rows if row.pk not in present]
    if missing:
        relation.add(*missing)
    return bool(missing)


def _remove(relation: Any, rows: list[Any]) -> bool:
    present = relation.filter(pk__in=[row.pk for row in rows]).exists() if rows else False
    if present:
        relation.remove(*rows)
    return bool(present)
