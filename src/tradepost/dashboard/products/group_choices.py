"""Types, categories and collections to choose from in filters; categories and collections are kept under their versions."""

from __future__ import annotations

from typing import Any

from tradepost.catalogue.models import Category, Collection, ProductType
from tradepost.core.versions import Frozen

__all__ = ["category_choices", "collection_choices", "indented", "type_choices"]

Choices = tuple[tuple[str, str], ...]


def indented(category: Any) -> str:
    """A category's name, below those that it is in."""
    return f"{'– ' * (category.depth - 1)}{category.name}"


def _categories() -> Choices:
    return tuple((row.slug, indented(row)) for row in Category.objects.order_by("path"))


def _collections() -> Choices:
    return tuple((row.slug, row.name) for row in Collection.objects.all() if not row.rule)


_CATEGORIES = Frozen("catalogue.categories", _categories)
_COLLECTIONS = Frozen("catalogue.collections", _collections)


def type_choices() -> Choices:
    """Product types by code. One query: what they are kept under changes with each product."""
    return tuple(ProductType.objects.values_list("code", "name"))


def category_choices() -> Choices:
    """Categories by slug, hidden ones too, in the order of the tree."""
    return _CATEGORIES.get()


def collection_choices() -> Choices:
    """Collections whose products are chosen by hand, by slug."""
    return _COLLECTIONS.get()
