"""Brings rows into the database: a chunk of products by a number of queries that doesn't depend on their number."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Model, Q

from tradepost.catalogue.base import AbstractProduct, AbstractProductType, AbstractVariant
from tradepost.catalogue.models import Product, ProductType, Variant
from tradepost.core import clock
from tradepost.core.actors import By
from tradepost.inventory.base import AbstractLocation
from tradepost.pricing.base import AbstractPriceList
from tradepost.pricing.models import TaxClass

from .common import positions
from .extras import own_values, write_extras
from .labels import Labels
from .offers import write_prices, write_stock
from .pictures import write_images
from .rows import Problem, ProductRow, Report, VariantRow

__all__ = ["Writer"]

Pair = tuple[VariantRow, AbstractVariant]


class Writer:
    """Writes chunks of products, each in the caller's transaction; only what differs is written.

    Args:
        price_list: Takes the prices.
        location: Takes the stock.
        columns: What the file calls the name and the SKU, for problems that only the database shows.
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
        self._price_list = price_list
        self._location = location
        self._by = by
        self._columns = columns or {"name": "name", "sku": "sku"}
        self._types = {found.code: found for found in ProductType.objects.all()}
        self._tax_classes = {"", *TaxClass.objects.values_list("code", flat=True)}
        self._labels = Labels()
        self._lines: dict[str, int] = {}  # of each SKU that was read

    def write(self, rows: Sequence[ProductRow]) -> None:
        """Write one chunk; problems go to the report, and their rows are left out."""
        known = {product.slug: product for product in Product.objects.filter(slug__in=[row.slug for row in rows])}
        rows = [row for row in rows if self._is_complete(row, known)]
        self._make_tax_classes({row.fields.get("tax_class", "") for row in rows})
        products, made, changed = self._write_products(rows, known)
        pairs = self._write_variants(rows, products, changed)
        changed |= write_extras([(row, products[row.slug]) for row in rows], self._problem)
        sidecars = write_extras(pairs, self._problem)
        changed |= {variant.product_id for _, variant in pairs if variant.pk in sidecars}
        changed |= self._labels.write(rows, products)
        changed |= write_images(rows, products, {variant.sku: variant for _, variant in pairs})
        changed |= write_prices(self._price_list, pairs)
        changed |= write_stock(self._location, pairs, by=self._by)
        changed -= made
        self.report.created += len(made)
        self.report.changed += len(changed)
        self.report.unchanged += len(rows) - len(made) - len(changed)
        self.report.variants += len(pairs)

    def _problem(self, line: int, column: str, reason: str) -> None:
        self.report.problems.append(Problem(line, self._columns.get(column, column), reason))

    def _make_tax_classes(self, codes: set[str]) -> None:
        for code in sorted(codes - self._tax_classes):
            TaxClass.objects.create(code=code, name=code.capitalize())
            self._tax_classes.add(code)

    def _is_complete(self, row: ProductRow, known: Mapping[str, AbstractProduct]) -> bool:
        if row.slug in known or row.fields.get("name"):
            return True
        self._problem(row.line, "name", "is required for a new product")
        return False

    def _write_products(
        self, rows: Sequence[ProductRow], known: Mapping[str, AbstractProduct]
    ) -> tuple[dict[str, Any], set[int], set[int]]:
        """The products by slug, and the primary keys of the new and of the changed ones."""
        new: list[Any] = []
        changed: dict[int, Any] = {}
        touched: set[str] = set()
        products: dict[str, Any] = {}
        for row in rows:
            product: Any = known.get(row.slug)
            if product is None:
                product = Product(slug=row.slug)
                new.append(product)
            products[row.slug] = product
            differing = _assign(product, self._product_values(row, product))
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

    def _product_values(self, row: ProductRow, product: Any) -> dict[str, Any]:
        values = {**row.fields, **own_values(row.extra, product)}
        if row.type_code or not product.pk:
            values["product_type_id"] = self._type(row).pk
        if row.attributes:
            merged = {**product.attributes, **row.attributes}
            values["attributes"] = {code: value for code, value in merged.items() if value is not None}
        return values

    def _type(self, row: ProductRow) -> AbstractProductType:
        """The product type of a row, made where a format needs one of a kind that isn't there."""
        code = row.type_code or "goods"
        if code not in self._types:
            self._types[code] = ProductType.objects.create(
                code=code,
                name=code.replace("-", " ").capitalize(),
                kind=row.kind or ProductType.Kind.PHYSICAL,
                track_stock=row.kind in {"", ProductType.Kind.PHYSICAL},
            )
        return self._types[code]

    def _write_variants(self, rows: Sequence[ProductRow], products: Mapping[str, Any], changed: set[int]) -> list[Pair]:
        skus = [variant.sku for row in rows for variant in row.variants]
        known = _Known(Variant.objects.filter(Q(sku__in=skus) | Q(product__in=products.values())))
        new: list[Any] = []
        updated: list[Any] = []
        touched: set[str] = set()
        pairs: list[Pair] = []
        for row in rows:
            product = products[row.slug]
            lines = [line for line in row.variants if self._is_ours(line, product, known)]
            found: list[Any] = [known.find(line, product.pk, row) or Variant(product=product) for line in lines]
            for line, variant, position in zip(lines, found, positions(found), strict=True):
                own = own_values(line.extra, variant)
                values = {**line.fields, **own, "options": dict(line.options), "position": position}
                if variant.pk is None or not line.sku_is_made:
                    values["sku"] = line.sku
                differing = _assign(variant, values)
                if variant.pk is None:
                    new.append(variant)
                elif differing:
                    updated.append(variant)
                    touched |= differing
                pairs.append((line, variant))
        Variant.objects.bulk_create(new)
        if updated:
            Variant.objects.bulk_update(updated, sorted(touched))
        changed |= {variant.product_id for variant in [*new, *updated]}
        return pairs

    def _is_ours(self, line: VariantRow, product: Any, known: _Known) -> bool:
        """Whether the SKU is free for this product; else the row is a problem."""
        before = self._lines.setdefault(line.sku, line.line)
        other = known.by_sku.get(line.sku)
        if before != line.line:
            self._problem(line.line, "sku", f"{line.sku!r} stands in line {before}, too")
        elif other is not None and other.product_id != product.pk:
            self._problem(line.line, "sku", f"{line.sku!r} is a variant of another product")
        else:
            return True
        return False


class _Known:
    """The variants that a chunk may meet."""

    def __init__(self, variants: Iterable[AbstractVariant]) -> None:
        self.by_sku: dict[str, AbstractVariant] = {}
        self._of_product: dict[int, list[AbstractVariant]] = defaultdict(list)
        for variant in variants:
            self.by_sku[variant.sku] = variant
            self._of_product[variant.product_id].append(variant)

    def find(self, line: VariantRow, product_id: int, row: ProductRow) -> AbstractVariant | None:
        """By SKU; else the sibling with the same options, whose SKU was made or has changed."""
        if found := self.by_sku.get(line.sku):
            return found
        named = {variant.sku for variant in row.variants}
        return next(
            (
                variant
                for variant in self._of_product[product_id]
                if variant.options == line.options and variant.sku not in named
            ),
            None,
        )


def _assign(row: Model, values: Mapping[str, Any]) -> set[str]:
    """Set what differs; the names of the fields that did."""
    differing = {name for name, value in values.items() if getattr(row, name) != value}
    for name in differing:
        setattr(row, name, values[name])
    return {row._meta.get_field(name).name for name in differing}
