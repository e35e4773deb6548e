"""Brings rows into the database: a chunk of products by a number of queries that doesn't depend on their number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.db import DataError, IntegrityError, transaction
from django.db.models import Model

from tradepost.catalogue.base import AbstractProduct, AbstractVariant
from tradepost.catalogue.models import Product, Variant
from tradepost.core import versions
from tradepost.core.actors import By
from tradepost.core.dates import clock
from tradepost.core.errors import TradepostError
from tradepost.inventory.base import AbstractLocation
from tradepost.pricing.base import AbstractPriceList
from tradepost.pricing.models import TaxClass

from ..cells.options import comparable, positions
from ..rows import (
    Notice,
    Problem,
    ProductRow,
    Report,
    VariantRow,
)
from .extras import write_extras
from .identity import ProductIdentities, VariantIdentities
from .labels import Labels
from .offers import write_prices, write_stock
from .pictures import write_images
from .types import ProductTypes
from .values import (
    EXEMPT,
    product_values,
    variant_values,
)

__all__ = ["Writer"]

Pair = tuple[VariantRow, AbstractVariant]


class Writer:
    """Writes chunks of products, each in the caller's transaction; only what differs is written.

    Args:
        price_list: Takes the prices.
        location: Takes the stock.
        columns: What the file calls the name and the SKU, for problems that only the database shows.

    Attributes:
        commits_chunks: Each chunk is committed for itself, as it is by default.
    """

    def __init__(
        self,
        *,
        price_list: AbstractPriceList,
        location: AbstractLocation,
        by: By,
        columns: Mapping[str, str] | None = None,
    ) -> None:
        self.report = Report()
        self.commits_chunks = True
        self._price_list = price_list
        self._location = location
        self._by = by
        self._columns = columns or {"name": "name", "sku": "sku"}
        self._lines: dict[str, int] = {}  # of each SKU that was read
        self._made_skus: set[str] = set()
        self._identities = ProductIdentities()
        self._look()

    def _look(self) -> None:
        """Read what the shop has, once; and again when the database refused a chunk."""
        self._types = ProductTypes(self._notice)
        self._tax_classes = {"", *TaxClass.objects.values_list("code", flat=True)}
        self._labels = Labels()

    def write(self, rows: Sequence[ProductRow]) -> None:
        """Write one chunk; problems go to the report, and their rows are left out.

        A product that the database refuses takes no other one along: the chunk is then written one by one.
        """
        before = self.report.copy()
        try:
            with transaction.atomic():
                self._write(*self._identities.resolve(rows, self._problem))
        except (IntegrityError, DataError, TradepostError, ValueError) as error:
            self.report = before
            self._identities.forget(rows)
            lines = {variant.line for row in rows for variant in row.variants}
            self._lines = {sku: line for sku, line in self._lines.items() if line not in lines}
            self._look()
            if len(rows) == 1:
                self._problem(rows[0].line, "", f"can't be stored: {' '.join(str(error).split())[:200]}")
                return
            for row in rows:
                self.write([row])

    def _write(self, resolved: Sequence[ProductRow], existing: Mapping[str, AbstractProduct]) -> None:
        rows = [row for row in resolved if self._is_complete(row, existing)]
        skus = VariantIdentities(rows, list(existing.values()))
        rows = [ours for row in rows if (ours := self._with_own_variants(row, existing.get(row.slug), skus))]
        self._make_tax_classes({EXEMPT if row.is_taxed is False else row.fields.get("tax_class", "") for row in rows})
        products, created, changed = self._write_products(rows, existing)
        pairs = self._write_variants(rows, products, existing, skus, changed)
        changed |= write_extras([(row, products[row.slug]) for row in rows], self._problem)
        sidecars = write_extras(pairs, self._problem)
        changed |= {variant.product_id for _, variant in pairs if variant.pk in sidecars}
        changed |= self._labels.write(rows, products)
        changed |= write_images(rows, products, {row.sku: variant for row, variant in pairs})
        changed |= write_prices(self._price_list, pairs)
        if self.commits_chunks:  # else nobody could order until the last chunk
            versions.lock_early()
        changed |= write_stock(self._location, pairs, by=self._by)
        changed -= created
        self.report.created += len(created)
        self.report.changed += len(changed)
        self.report.unchanged += len(rows) - len(created) - len(changed)
        self.report.variants += len(pairs)

    def _problem(self, line: int, column: str, reason: str, file: str = "") -> None:
        self.report.problems.append(Problem(line, self._columns.get(column, column), reason, file))

    def _notice(self, line: int, column: str, reason: str, file: str = "") -> None:
        self.report.notices.append(Notice(line, self._columns.get(column, column), reason, file))

    def _make_tax_classes(self, codes: set[str]) -> None:
        for code in sorted(codes - self._tax_classes):
            TaxClass.objects.create(code=code, name=code.capitalize())
            self._tax_classes.add(code)

    def _is_complete(self, row: ProductRow, existing: Mapping[str, AbstractProduct]) -> bool:
        if row.slug in existing or row.fields.get("name"):
            return True
        self._problem(row.line, "name", "is required for a new product")
        return False

    def _with_own_variants(
        self, row: ProductRow, product: AbstractProduct | None, skus: VariantIdentities
    ) -> ProductRow | None:
        """The row without the variants that can't be its own; nothing where none is left: a product and its variants are one."""
        lines: list[VariantRow] = []
        options: dict[tuple[tuple[str, str], ...], int] = {}
        for line in row.variants:
            key = tuple(sorted((line.options or {}).items()))
            if key and key in options:
                self._problem(line.line, "", f"has the same options as line {options[key]}", line.file)
            elif self._is_ours(line, product, skus):
                options.setdefault(key, line.line)
                lines.append(line)
        return None if row.variants and not lines else replace(row, variants=lines)

    def _is_ours(self, line: VariantRow, product: AbstractProduct | None, skus: VariantIdentities) -> bool:
        """Whether the SKU is free for this product; else the row is a problem."""
        if line.sku_is_made or line.repeats_line is not None:
            return True
        before = self._lines.setdefault(comparable(line.sku), line.line)
        owner = skus.owner(line.sku)
        if before != line.line:
            self._problem(line.line, "sku", f"{line.sku!r} is also in line {before}", line.file)
        elif owner is not None and owner != (product.pk if product else None):
            self._problem(line.line, "sku", f"{line.sku!r} is a variant of another product", line.file)
        else:
            return True
        return False

    def _write_products(
        self, rows: Sequence[ProductRow], existing: Mapping[str, AbstractProduct]
    ) -> tuple[dict[str, Any], set[int], set[int]]:
        """The products by slug, and the primary keys of the new and of the changed ones."""
        new: list[Any] = []
        changed: dict[int, Any] = {}
        touched: set[str] = set()
        products: dict[str, Any] = {}
        for row in rows:
            product: Any = existing.get(row.slug)
            if product is None:
                product = Product(slug=row.slug, source_key=row.key or None)
                new.append(product)
            products[row.slug] = product
            if product.archived_at is not None:
                self._notice(row.line, "", "the product is archived, and stays so")
            values = product_values(row, product, self._types)
            if row.finds_by_sku and product.source_key is None:
                values["source_key"] = row.key
            differing = _assign(product, values)
            if product.pk and differing:
                changed[product.pk] = product
                touched |= differing
        Product.objects.bulk_create(new)
        if changed:
            now = clock.now()
            for product in changed.values():
                product.updated_at = now
            Product.objects.bulk_update(changed.values(), [*sorted(touched), "updated_at"])
        return products, {product.pk for product in new}, set(changed)

    def _write_variants(
        self,
        rows: Sequence[ProductRow],
        products: Mapping[str, Any],
        existing: Mapping[str, AbstractProduct],
        skus: VariantIdentities,
        changed: set[int],
    ) -> list[Pair]:
        new: list[Any] = []
        updated: list[Any] = []
        touched: set[str] = set()
        pairs: list[Pair] = []
        for row in rows:
            product = products[row.slug]
            variants: list[Any] = [
                variant or Variant(product=product) for variant in skus.find(row, existing.get(row.slug))
            ]
            for line, variant, position in zip(row.variants, variants, positions(variants), strict=True):
                values = {**variant_values(line, variant, product, self._types), "position": position}
                if variant.pk is None:
                    values["sku"] = skus.free_sku(row, line, self._lines, self._made_skus)
                    self._made_skus.add(comparable(values["sku"]))
                elif not line.sku_is_made and line.repeats_line is None:
                    values["sku"] = line.sku
                differing = _assign(variant, values)
                if variant.pk is None:
                    new.append(variant)
                elif differing:
                    updated.append(variant)
                    touched |= differing
                if line.repeats_line is not None:
                    text = f"{line.source_sku!r} is also in line {line.repeats_line}; this one is {variant.sku!r}"
                    self._notice(line.line, "sku", text, line.file)
                pairs.append((line, variant))
        Variant.objects.bulk_create(new)
        if updated:
            Variant.objects.bulk_update(updated, sorted(touched))
        changed |= {variant.product_id for variant in [*new, *updated]}
        return pairs


def _assign(row: Model, values: Mapping[str, Any]) -> set[str]:
    """Set what differs, by more than blanks around a text; the names of the fields that did."""
    differing = {name for name, value in values.items() if not _is_same(getattr(row, name), value)}
    for name in differing:
        setattr(row, name, values[name])
    return {row._meta.get_field(name).name for name in differing}


def _is_same(have: Any, value: Any) -> bool:
    if isinstance(have, str) and isinstance(value, str):
        return have == value or have.strip() == value
    return bool(have == value)
