"""Collections of products, by hand or by a rule."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tradepost.core import db
from tradepost.core.db.row_values import by_keys, delete_row, write_values

from ..base import AbstractCollection
from ..models import Collection, Product

__all__ = ["change_collection", "create_collection", "remove_collection"]

_FIELDS = frozenset({"description", "is_published", "name", "position", "rule", "slug"})


@db.atomic
def create_collection(values: Mapping[str, Any]) -> AbstractCollection:
    """Make a collection.

    Args:
        values: By field; ``products`` as a list of slugs, which count where there is no ``rule``.

    Raises:
        ValidationError: A field is wrong, or the slug is another collection's.
        Invalid: A product doesn't exist.
    """
    collection = Collection()
    _write(collection, values)
    return collection


@db.atomic
def change_collection(collection: AbstractCollection, values: Mapping[str, Any]) -> AbstractCollection:
    """Change what is named of a collection; ``products`` replaces all that were chosen by hand.

    Raises:
        ValidationError: A field is wrong, or the slug is another collection's.
        Invalid: A product doesn't exist.
    """
    row = Collection.objects.filter(pk=collection.pk).locked().get()
    _write(row, values)
    return row


@db.atomic
def remove_collection(collection: AbstractCollection) -> None:
    """Delete a collection; its products stay.

    Raises:
        InUse: Promotions name it.
    """
    delete_row(Collection.objects.filter(pk=collection.pk).locked().get())


def _write(collection: AbstractCollection, values: Mapping[str, Any]) -> None:
    fields = {name: value for name, value in values.items() if name != "products"}
    products = by_keys(Product, "slug", values["products"], attr="products") if "products" in values else None
    write_values(collection, fields, writable=_FIELDS)
    if products is not None:
        collection.products.set(products)
