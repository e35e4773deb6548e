"""Which product and which variant of the shop a row is: what the source calls it decides, never what that looks like."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from django.db.models import Q

from tradepost.catalogue.base import AbstractProduct, AbstractVariant
from tradepost.catalogue.models import Product, Variant

from ..cells.options import comparable, with_digest
from ..rows import ProductRow, VariantRow

__all__ = ["ProductIdentities", "VariantIdentities"]

Tell = Callable[[int, str, str], None]


class ProductIdentities:
    """Finds products by the key of their source, then by a slug that the source itself gives; gives free slugs to new ones."""

    def __init__(self) -> None:
        self._lines: dict[str, int] = {}  # of each slug that was given out

    def resolve(self, rows: Sequence[ProductRow], problem: Tell) -> tuple[list[ProductRow], dict[str, AbstractProduct]]:
        """The rows with the slugs that they have here, and the products that exist, by slug.

        Args:
            rows: One chunk.
            problem: Told of rows that are another's product.
        """
        keys = {row.key for row in rows if row.key}
        slugs = {row.slug for row in rows} | {with_digest(row.slug, row.key) for row in rows}
        candidates = list(Product.objects.filter(Q(source_key__in=keys) | Q(slug__in=slugs)))
        by_key: dict[str | None, AbstractProduct] = {product.source_key: product for product in candidates}
        by_slug: dict[str, AbstractProduct] = {comparable(product.slug): product for product in candidates}
        by_sku = _owners([row for row in rows if row.finds_by_sku and row.key not in by_key])
        resolved: list[ProductRow] = []
        existing: dict[str, AbstractProduct] = {}
        for row in rows:
            product = (by_key.get(row.key) if row.key else None) or self._by_slug(row, by_slug) or by_sku.get(row.line)
            slug = product.slug if product else self._free(row, by_slug)
            line = self._lines.setdefault(comparable(slug), row.line)
            if line != row.line:
                problem(row.line, "", f"the product of line {line} is the same, {slug!r}")
                continue
            if product:
                existing[slug] = product
            resolved.append(replace(row, slug=slug))
        return resolved, existing

    def forget(self, rows: Sequence[ProductRow]) -> None:
        """Take the slugs of a chunk back, which wasn't written."""
        lines = {row.line for row in rows}
        self._lines = {slug: line for slug, line in self._lines.items() if line not in lines}

    def _by_slug(self, row: ProductRow, by_slug: Mapping[str, AbstractProduct]) -> AbstractProduct | None:
        product = by_slug.get(comparable(row.slug))
        if product is None or row.slug_is_made or product.slug != row.slug:
            return None
        source = row.key.partition(":")[0]
        is_another = bool(row.key and product.source_key and product.source_key.partition(":")[0] == source)
        return None if is_another else product

    def _free(self, row: ProductRow, by_slug: Mapping[str, AbstractProduct]) -> str:
        slug = comparable(row.slug)
        is_taken = slug in by_slug or (slug in self._lines and bool(row.key))
        return with_digest(row.slug, row.key) if is_taken else row.slug


def _owners(rows: Sequence[ProductRow]) -> dict[int, AbstractProduct]:
    """Products by the line of the row whose SKUs they have; none where several do, or where it is another one of the source."""
    skus = {line.sku for row in rows for line in row.variants if not line.sku_is_made}
    owner = {v.sku: v.product for v in Variant.objects.filter(sku__in=skus).select_related("product")} if skus else {}
    owners: dict[int, AbstractProduct] = {}
    for row in rows:
        products = {owner[line.sku].pk: owner[line.sku] for line in row.variants if line.sku in owner}
        if len(products) == 1:
            product = next(iter(products.values()))
            if _shape(product.source_key or "") != _shape(row.key):
                owners[row.line] = product
    return owners


def _shape(key: str) -> tuple[str, str]:
    """The source of a key, and what it goes by there: two of one shape are two products."""
    source, _colon, name = key.partition(":")
    kind, colon, _rest = name.partition(":")
    return source, kind if colon else ""


class VariantIdentities:
    """Finds the variants of a chunk: by a SKU that the source itself gives, else by the options within the product."""

    def __init__(self, rows: Sequence[ProductRow], products: Collection[AbstractProduct]) -> None:
        skus = {variant.sku for row in rows for variant in row.variants}
        self._by_sku: dict[str, AbstractVariant] = {}
        self._of_product: dict[int, list[AbstractVariant]] = defaultdict(list)
        for variant in Variant.objects.filter(Q(sku__in=skus) | Q(product__in=products)):
            self._add(variant)
        digests = {_digested(row, variant) for row in rows for variant in row.variants if _may_change(variant)}
        for variant in Variant.objects.filter(sku__in=digests - self._by_sku.keys()):
            self._add(variant)

    def _add(self, variant: AbstractVariant) -> None:
        self._by_sku[comparable(variant.sku)] = variant
        self._of_product[variant.product_id].append(variant)

    def owner(self, sku: str) -> int | None:
        """Primary key of the product that has a SKU."""
        variant = self._by_sku.get(comparable(sku))
        return variant.product_id if variant else None

    def find(self, row: ProductRow, product: AbstractProduct | None) -> list[AbstractVariant | None]:
        """The variants that exist, in the order of the rows; each is one row's."""
        matches: list[AbstractVariant | None] = [None] * len(row.variants)
        if product is None:
            return matches
        for place, line in enumerate(row.variants):
            variant = None if _may_change(line) else self._by_sku.get(comparable(line.sku))
            if variant is not None and variant.product_id == product.pk:
                matches[place] = variant
        taken = {variant.pk for variant in matches if variant}
        for place, line in enumerate(row.variants):
            if matches[place] is None and (variant := self._sibling(line, product.pk, taken)):
                matches[place] = variant
                taken.add(variant.pk)
        return matches

    def _sibling(self, line: VariantRow, product_id: int, taken: Collection[int]) -> AbstractVariant | None:
        options = line.options or {}
        siblings = (v for v in self._of_product[product_id] if v.pk not in taken and v.options == options)
        return next(siblings, None)

    def free_sku(self, row: ProductRow, line: VariantRow, *used: Collection[str]) -> str:
        """A SKU for a new variant; one that was made gets a digest where another variant has it.

        Args:
            used: SKUs that this import gave out.
        """
        sku = comparable(line.sku)
        if not _may_change(line) or not any(sku in skus for skus in (self._by_sku, *used)):
            return line.sku
        return _digested(row, line)


def _may_change(line: VariantRow) -> bool:
    return line.sku_is_made or line.repeats_line is not None


def _digested(row: ProductRow, line: VariantRow) -> str:
    parts: Iterable[str] = (line.options or {}).values()
    sku = with_digest(line.sku, row.key or row.slug, *parts)
    return sku.upper() if line.sku_is_made else sku
