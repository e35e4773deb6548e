from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Self, TypeVar

from django.db import connections
from django.db.models import CharField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet

from tradepost.core.db.versioned import VersionedQuerySet

if TYPE_CHECKING:
    from .base import AbstractCollection, AbstractProduct, AbstractVariant
    from .rules import CollectionRule

P = TypeVar("P", bound="AbstractProduct", covariant=True)
V = TypeVar("V", bound="AbstractVariant", covariant=True)
C = TypeVar("C", bound="AbstractCollection", covariant=True)


_MOST_WORDS = 10  # of a search


class ProductQuerySet(VersionedQuerySet[P]):
    def public(self) -> Self:
        """Published and not archived."""
        return self.filter(is_published=True, archived_at=None)

    def in_categories(self, slugs: Iterable[str]) -> Self:
        """In at least one of these categories, or anywhere below it."""
        categories: Any = self.model._meta.get_field("categories")
        tree: QuerySet[Any] = categories.related_model._default_manager.all()
        below = ExpressionWrapper(OuterRef("path"), output_field=CharField())
        above = tree.filter(slug__in=list(slugs)).alias(below=below).filter(below__startswith=F("path"))
        members = categories.remote_field.through._default_manager.filter(
            **{f"{categories.m2m_reverse_field_name()}__in": tree.filter(Exists(above)).order_by().values("pk")}
        )
        return self.filter(pk__in=members.values(f"{categories.m2m_field_name()}_id"))

    def with_tags(self, slugs: Iterable[str]) -> Self:
        """With at least one of these tags."""
        tags: Any = self.model._meta.get_field("tags")
        members = tags.remote_field.through._default_manager.filter(
            **{f"{tags.m2m_reverse_field_name()}__slug__in": list(slugs)}
        )
        return self.filter(pk__in=members.values(f"{tags.m2m_field_name()}_id"))

    def with_attribute(self, code: str, values: Iterable[Any]) -> Self:
        """With one of these values of an attribute; for one that holds several values, with at least one of them.

        On PostgreSQL the index over all attributes serves it.
        """
        matches = Q(pk__in=[])
        contains = connections[self.db].features.supports_json_field_contains
        for value in values:
            if contains:
                matches |= Q(attributes__contains={code: value}) | Q(attributes__contains={code: [value]})
            else:
                matches |= Q(**{f"attributes__{code}": value})
                if isinstance(value, str):  # a list is searched in the text that the database keeps
                    as_list = {
                        f"attributes__{code}__startswith": "[",
                        f"attributes__{code}__icontains": json.dumps(value),
                    }
                    matches |= Q(**as_list)
        return self.filter(matches)

    def mentioning(self, text: str) -> Self:
        """All of whose words occur in the name, the summary, the brand or an SKU, or are a barcode; archived variants count.

        On PostgreSQL indexes serve it, for words of three letters or more.
        """
        variants: Any = self.model._meta.get_field("variants").related_model
        products: QuerySet[Any] = self.model._default_manager.order_by()
        rows = self
        for word in text.split()[:_MOST_WORDS]:
            texts = Q(name__icontains=word) | Q(summary__icontains=word) | Q(brand__icontains=word)
            theirs = variants._default_manager.order_by().values("product_id")
            named = products.filter(texts).values("pk")
            rows = rows.filter(
                pk__in=named.union(theirs.filter(sku__icontains=word), theirs.filter(barcode=word), all=True)
            )
        return rows

    def matching(self, rule: CollectionRule) -> Self:
        """Only the products that a collection's rule selects."""
        products = self
        if rule.tags:
            products = products.with_tags(rule.tags)
        if rule.categories:
            products = products.in_categories(rule.categories)
        if rule.featured is not None:
            products = products.filter(is_featured=rule.featured)
        for code, values in rule.attributes.items():
            products = products.with_attribute(code, values)
        return products


class VariantQuerySet(VersionedQuerySet[V]):
    def public(self) -> Self:
        """Variants that a visitor may buy: neither they nor their product is archived or hidden."""
        return self.filter(archived_at=None, product__archived_at=None, product__is_published=True)

    def with_product(self) -> Self:
        """With what a basket needs of the product, in one query."""
        return self.select_related("product", "product__product_type")


class CollectionQuerySet(VersionedQuerySet[C]):
    def public(self) -> Self:
        """Shown to visitors."""
        return self.filter(is_published=True)


__all__ = ["CollectionQuerySet", "ProductQuerySet", "VariantQuerySet"]
