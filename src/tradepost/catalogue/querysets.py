from __future__ import annotations

from typing import TYPE_CHECKING, Self, TypeVar

from tradepost.core.querysets import LockableQuerySet

if TYPE_CHECKING:
    from .base import AbstractCollection, AbstractProduct, AbstractVariant

P = TypeVar("P", bound="AbstractProduct", covariant=True)
V = TypeVar("V", bound="AbstractVariant", covariant=True)
C = TypeVar("C", bound="AbstractCollection", covariant=True)


class ProductQuerySet(LockableQuerySet[P]):
    def public(self) -> Self:
        """Published and not archived."""
        return self.filter(is_published=True, archived_at=None)


class VariantQuerySet(LockableQuerySet[V]):
    def public(self) -> Self:
        """Variants that a visitor may buy: neither they nor their product is archived or hidden."""
        return self.filter(archived_at=None, product__archived_at=None, product__is_published=True)

    def with_product(self) -> Self:
        """With what a basket needs of the product, in one query."""
        return self.select_related("product", "product__product_type")


class CollectionQuerySet(LockableQuerySet[C]):
    def public(self) -> Self:
        """Shown to visitors."""
        return self.filter(is_published=True)


__all__ = ["CollectionQuerySet", "ProductQuerySet", "VariantQuerySet"]
